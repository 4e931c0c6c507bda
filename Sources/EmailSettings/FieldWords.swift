/// What people are told of a field.
package struct FieldWords: Sendable {
    package let label: String
    /// What to enter; nil when the label says it.
    package let hint: String?
    /// What the setting does on the wire.
    package let effect: String
    /// The words that other products have for it, for the search.
    package let synonyms: String

    init(_ label: String, _ hint: String? = nil, effect: String, synonyms: String = "") {
        self.label = label
        self.hint = hint
        self.effect = effect
        self.synonyms = synonyms
    }
}

extension ProfileField {
    /// Made once: a form asks for all of them each time it is shown.
    private static let allWords = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, $0.composedWords) }
    )

    package var words: FieldWords { Self.allWords[self] ?? composedWords }

    private var composedWords: FieldWords {
        switch tab {
        case .general: generalWords
        case .server: serverWords
        case .office: officeWords
        case .message: messageWords
        case .tls: tlsWords
        case .smime: smimeWords
        case .oauth: oauthWords
        case .firewall: firewallWords
        case .logging: loggingWords
        }
    }

    package var label: String { words.label }

    private var generalWords: FieldWords {
        switch self {
        case .description:
            FieldWords(
                "Description",
                effect: "For people only; it is never sent.",
                synonyms: "profile note comment"
            )
        case .method:
            FieldWords(
                "Method",
                effect: "Either a mail server is spoken to over SMTP, or Microsoft 365 is asked to "
                    + "send over HTTPS (Microsoft Graph).",
                synonyms: "email server type smtp office 365 microsoft graph exchange online "
                    + "delivery method"
            )
        case .fromAddress:
            FieldWords(
                "From email address",
                "Some servers only accept an address that belongs to the account.",
                effect: "Stands in the header From and, unless another is set, as the envelope "
                    + "sender in MAIL FROM.",
                synonyms: "sender account email from address sender information"
            )
        case .fromName:
            FieldWords(
                "From email name",
                "Shown beside the address, for example No Reply.",
                effect: "Stands before the address in the header From.",
                synonyms: "sender name display name no reply"
            )
        default:
            FieldWords(
                "Name",
                "How this profile is listed.",
                effect: "For people only; it is never sent, but for test emails.",
                synonyms: "profile name"
            )
        }
    }

    private var officeWords: FieldWords {
        switch self {
        case .saveToSentItems:
            FieldWords(
                "Save to Sent Items",
                "The mailbox keeps a copy of each message.",
                effect: "With it, Microsoft gets the message as it stands, with every header and "
                    + "S/MIME. Without it, the message goes in Microsoft's own form, which cannot "
                    + "carry all of that.",
                synonyms: "sent items folder copy mailbox"
            )
        default:
            FieldWords(
                "Application secret",
                "A secret of the kind Microsoft application; it must exist before it is chosen.",
                effect: "The application in Microsoft Entra that may send as the From address, "
                    + "with the application permission Mail.Send of Microsoft Graph.",
                synonyms: "office 365 o365 graph client id tenant id client secret application "
                    + "azure entra registration secret"
            )
        }
    }

    private var loggingWords: FieldWords {
        switch self {
        case .systemLog:
            FieldWords(
                "System log",
                "journald or syslog of the machine that sends.",
                effect: "Each test's steps go there too, with tenant, profile, test and step as "
                    + "fields; secrets are blacked out as in the trace.",
                synonyms: "enable event log logging windows event log journald syslog smtp log"
            )
        case .fileLog:
            FieldWords(
                "Log file",
                effect: "Each test's steps go into a file of the installation's log folder too, "
                    + "which is rotated by size and age.",
                synonyms: "enable smtp file logging text file"
            )
        default:
            FieldWords(
                "Log file name",
                "A plain name, such as mail.txt.",
                effect: "The file in this tenant's part of the installation's log folder.",
                synonyms: "log file path txt"
            )
        }
    }

    private var firewallWords: FieldWords {
        switch self {
        case .firewallType:
            FieldWords(
                "Firewall type",
                effect: "Every connection to the relay goes through this proxy: HTTP CONNECT, "
                    + "SOCKS 4 or SOCKS 5.",
                synonyms: "proxy tunnel http connect socks socks4 socks5 none"
            )
        case .autoDetect:
            FieldWords(
                "Use the system's proxy settings",
                effect: "Takes the proxy from ALL_PROXY, HTTPS_PROXY and NO_PROXY of the machine "
                    + "that sends.",
                synonyms: "auto detect firewall automatically proxy environment"
            )
        case .firewallHost:
            FieldWords(
                "Firewall host",
                "A name, an IPv4 address, or an IPv6 address in square brackets.",
                effect: "Connections are made to this host instead of to the relay.",
                synonyms: "proxy server address name"
            )
        case .firewallPort:
            FieldWords(
                "Firewall port",
                "Empty: 80 for a tunnel, 1080 for SOCKS.",
                effect: "The proxy's TCP port.",
                synonyms: "proxy port"
            )
        default:
            FieldWords(
                "Who resolves the relay's name",
                effect: "With SOCKS the relay's name can be sent to the proxy (SOCKS 4a and 5), "
                    + "or its addresses looked up here first.",
                synonyms: "remote dns socks4a socks5h domain name resolution"
            )
        }
    }

    private var oauthWords: FieldWords {
        switch self {
        case .clientID:
            FieldWords(
                "Client ID",
                "The ID of the OAuth client, given out at its registration.",
                effect: "Goes to the authorization server as client_id, never to the relay.",
                synonyms: "clientid application oauth2 registration"
            )
        case .authorizationURL:
            FieldWords(
                "Authorization URL",
                "Where a person signs in and agrees.",
                effect: "The browser is sent there when an authorization is asked for.",
                synonyms: "serverauthurl server auth url authorization endpoint oauth2"
            )
        case .tokenURL:
            FieldWords(
                "Token URL",
                "Where access tokens are fetched.",
                effect: "Asked for an access token, over HTTPS, before the relay is connected to.",
                synonyms: "servertokenurl server token url endpoint oauth2"
            )
        case .scope:
            FieldWords(
                "Scope",
                "Separated by spaces. Empty: what the server gives by default.",
                effect: "Goes to the authorization server as scope.",
                synonyms: "authorizationscope authorization scope access oauth2"
            )
        case .authenticationValue:
            FieldWords(
                "Authentication value",
                "Only if your authorization server asks for one.",
                effect: "Goes to the authorization server with each request, as audience.",
                synonyms: "authenticationvalue audience resource oauth2"
            )
        default:
            FieldWords(
                "Hide browser response",
                effect: "After an authorization the browser comes straight back to this form, "
                    + "without a page that says that it worked.",
                synonyms: "suppress confirmation pop-up popup oauth2"
            )
        }
    }
}

extension CredentialField {
    private static let allWords = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, $0.composedWords) }
    )

    package var words: FieldWords { Self.allWords[self] ?? composedWords }

    private var composedWords: FieldWords {
        switch self {
        case .username:
            FieldWords(
                "Username",
                "Kerberos: user@REALM, or nothing. NTLM: DOMAIN\\user. OAuth 2: the mailbox.",
                effect: "Goes to the relay when signing in.",
                synonyms: "set username user account name smtp explicit credentials"
            )
        case .password:
            FieldWords(
                "Password",
                "It is encrypted and never shown again. For OAuth 2 without a token URL it is an "
                    + "access token.",
                effect: "Goes to the relay when signing in, as the mechanism asks for it.",
                synonyms: "set password add password account secret smtp credential input text"
            )
        case .clientSecret:
            FieldWords(
                "Client secret",
                "Given out at the registration. It is encrypted and never shown again.",
                effect: "Goes to the token URL only, never to the relay.",
                synonyms: "clientsecret oauth2 application secret"
            )
        case .refreshToken:
            FieldWords(
                "Authorization",
                "Given by the authorization server when somebody agrees in the browser.",
                effect: "Goes to the token URL only, for access tokens in that person's name. "
                    + "Without one, the client secret alone must be enough.",
                synonyms: "get oauth authorization refresh token oauth2 authentication button"
            )
        case .firewallUsername:
            FieldWords(
                "Firewall username",
                "Only if the proxy asks for one.",
                effect: "Goes to the proxy: Basic for HTTP, the user ID of SOCKS 4, or the user "
                    + "name of SOCKS 5.",
                synonyms: "proxy user name"
            )
        case .firewallPassword:
            FieldWords(
                "Firewall password",
                "It is encrypted and never shown again.",
                effect: "Goes to the proxy, unencrypted with HTTP and SOCKS 5.",
                synonyms: "proxy password"
            )
        }
    }

    package var label: String { words.label }
}
