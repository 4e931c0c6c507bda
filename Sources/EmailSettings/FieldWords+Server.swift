extension ProfileField {
    var serverWords: FieldWords {
        switch self {
        case .resolveMX:
            FieldWords(
                "Look up mail exchangers",
                "The host is then a domain, such as example.com.",
                effect: "Asks DNS for the domain's MX records and delivers to them in their order; "
                    + "without MX records, to the domain itself.",
                synonyms: "mx record mail exchanger domain deliver"
            )
        case .addressFamily:
            FieldWords(
                "IP version",
                effect: "Which of the host's addresses are connected to.",
                synonyms: "ipv4 ipv6 address family"
            )
        case .tls:
            FieldWords(
                "Encryption",
                effect: "Implicit starts TLS before anything is said; STARTTLS says EHLO and "
                    + "STARTTLS first and stops when the relay refuses it; automatic goes on "
                    + "unencrypted then.",
                synonyms: "tls ssl use ssl starttls smtps ssl/tls channel encryption transport "
                    + "layer security implicit explicit automatic require none"
            )
        case .port:
            FieldWords(
                "Port",
                effect: "The relay's TCP port; 25, 465 and 587 are usual.",
                synonyms: "smtp port 25 465 587 tcp default"
            )
        case .timeoutSeconds:
            FieldWords(
                "Timeout in seconds",
                "For each address of the host, 1 to 255.",
                effect: "An address that does not answer within this time has failed; the next "
                    + "one is tried.",
                synonyms: "server timeout seconds wait"
            )
        case .heloName:
            FieldWords(
                "EHLO name",
                "The name Sendproof introduces itself with. Empty: its own address.",
                effect: "Stands in the command EHLO.",
                synonyms: "helo ehlo host domain identity"
            )
        case .authentication:
            FieldWords(
                "Authentication method",
                "The wrong method fails even with the right password.",
                effect: "The SASL mechanism of the command AUTH; PLAIN and LOGIN send the password "
                    + "itself, the others prove that they know it.",
                synonyms: "anonymous explicit credentials use authentication credentials user "
                    + "authentication login user_password cram crammd5 digest scram ntlm saslplain "
                    + "kerberos gssapi oauth xoauth2 oauthbearer sasl none account"
            )
        case .allowPlaintextAuthentication:
            FieldWords(
                "Allow the password over an unencrypted connection",
                "Anybody on the way can then read it.",
                effect: "Lets PLAIN, LOGIN and OAuth tokens go over a connection without TLS.",
                synonyms: "plaintext insecure"
            )
        default:
            FieldWords(
                "Host",
                "A name, an IPv4 address, or an IPv6 address in square brackets. Empty: email is "
                    + "disabled for this profile.",
                effect: "Its addresses are looked up and connected to one after another.",
                synonyms: "smtp server address name outgoing mail email relay smart fqdn dns ip "
                    + "email server smtp type disable"
            )
        }
    }

    var tlsWords: FieldWords {
        switch self {
        case .trustedCA:
            FieldWords(
                "Trusted CA",
                "For a relay whose certificate a CA of your own has issued.",
                effect: "Relays, and the token URL of OAuth2, may prove who they are with this "
                    + "certificate authority, besides those that the system trusts.",
                synonyms: "private ca root certificate authority trust"
            )
        case .pinnedKey:
            FieldWords(
                "Pinned key",
                "SHA-256 of the relay's public key, as a test shows it.",
                effect: "Only a relay with exactly this key is talked to, whatever its certificate "
                    + "says.",
                synonyms: "pin spki fingerprint public key"
            )
        case .clientCertificate:
            FieldWords(
                "Client certificate",
                "For a relay that asks for one.",
                effect: "Is shown to the relay during the TLS handshake, with a signature of its "
                    + "key.",
                synonyms: "use client certificate ssl client certificate authentication user "
                    + "certificate file store password cached mutual tls"
            )
        case .requireTLS:
            FieldWords(
                "Require TLS on the whole way",
                effect: "Adds REQUIRETLS to MAIL FROM: relays must hand the message on encrypted, "
                    + "or return it. A relay that does not offer it gets no message.",
                synonyms: "requiretls rfc 8689 end to end"
            )
        default:
            FieldWords(
                "Verify the server's certificate",
                "Without this, somebody on the way can pose as the server.",
                effect: "Nothing is said to a relay whose certificate is not valid for its name.",
                synonyms: "verify ssl certificate tls validate trust hostname"
            )
        }
    }

    var smimeWords: FieldWords {
        switch self {
        case .signEnabled:
            FieldWords(
                "Sign emails",
                "Press Verify before you save.",
                effect: "The message becomes multipart/signed: readers can see that nobody changed "
                    + "text and attachments on the way. Headers are not signed.",
                synonyms: "s/mime smime sign email digital signature"
            )
        case .signCertificate:
            FieldWords(
                "Signing certificate",
                "One of the store with its private key.",
                effect: "Its key signs; readers check that it belongs to the From address.",
                synonyms: "signing file certificate store password cached s/mime"
            )
        case .signDigest:
            FieldWords(
                "Hash algorithm",
                effect: "What of the message is signed; SHA-256 is understood everywhere.",
                synonyms: "digest sha-256 sha-384 sha-512 micalg"
            )
        case .attachCertificate:
            FieldWords(
                "Attach the certificate",
                effect: "The signature carries the certificate, so that readers can check it and "
                    + "answer encrypted.",
                synonyms: "attach certificate to email include"
            )
        case .encryptEnabled:
            FieldWords(
                "Encrypt emails",
                "Recipients without one of the chosen certificates cannot read them.",
                effect: "The message becomes application/pkcs7-mime: only the holders of the "
                    + "chosen certificates' keys can read it. Headers stay readable.",
                synonyms: "s/mime smime encrypt encryption file"
            )
        case .encryptCertificate:
            FieldWords(
                "Recipients' certificates",
                effect: "The message's key is encrypted once for each of them.",
                synonyms: "encryption certificate store recipient"
            )
        default:
            FieldWords(
                "Encryption algorithm",
                effect: "AES-256-GCM also proves that nobody changed the message; older readers "
                    + "know only CBC.",
                synonyms: "aes-128-cbc aes-256-cbc aes-256-gcm cipher"
            )
        }
    }
}
