import SASL

/// Commands that show the same from a shell; they ask for the password instead of holding it.
package enum Reproduction {
    /// What to run for a host and its settings: the name service, TLS where it is used, and the
    /// conversation.
    package static func commands(
        for settings: ConnectionSettings,
        sender: String? = nil,
        recipient: String? = nil
    ) -> [String] {
        var commands: [String] = []
        if settings.host.kind == .name {
            commands.append(
                "dig +short \(quoted(settings.host.bare)) A \(quoted(settings.host.bare)) AAAA"
            )
        }
        if settings.tls != .none { commands.append(openssl(settings)) }
        commands.append(swaks(settings, sender: sender, recipient: recipient))
        if let command = signIn(settings) { commands.append(command) }
        return commands
    }

    private static func openssl(_ settings: ConnectionSettings) -> String {
        var words = ["openssl", "s_client", "-connect", quoted(place(settings))]
        if settings.host.kind == .name {
            let name = quoted(settings.host.bare)
            words += ["-servername", name, "-verify_hostname", name]
        } else {
            words += ["-noservername", "-verify_ip", quoted(settings.host.bare)]
        }
        if settings.tls != .implicit { words += ["-starttls", "smtp"] }
        return (words + ["-showcerts"]).joined(separator: " ")
    }

    /// Without `--auth-password` swaks asks for it.
    private static func swaks(
        _ settings: ConnectionSettings,
        sender: String?,
        recipient: String?
    ) -> String {
        var words = ["swaks", "--server", quoted(settings.host.bare)]
        words += ["--port", String(settings.port), "--timeout", String(settings.timeoutSeconds)]
        if let name = settings.heloName { words += ["--helo", quoted(name.text)] }
        switch settings.tls {
        case .implicit: words.append("--tls-on-connect")
        case .startTLS: words.append("--tls")
        case .automatic: words.append("--tls-optional")
        case .none: break
        }
        if settings.tls != .none, settings.verifyCertificate { words.append("--tls-verify") }
        switch settings.authentication {
        case .none: break
        case .automatic: words.append("--auth-optional --auth-user USERNAME")
        case .login: words.append("--auth LOGIN --auth-user USERNAME")
        case .plain: words.append("--auth PLAIN --auth-user USERNAME")
        case .cramMD5: words.append("--auth CRAM-MD5 --auth-user USERNAME")
        case .digestMD5: words.append("--auth DIGEST-MD5 --auth-user USERNAME")
        case .ntlm: words.append("--auth NTLM --auth-user USERNAME")
        // swaks does not know these; another command shows them.
        case .scramSHA1, .scramSHA256, .kerberos, .xoauth2, .oauthBearer: break
        }
        if let recipient {
            words += ["--from", quoted(sender ?? "<>"), "--to", quoted(recipient)]
        } else {
            let signsIn = settings.authentication != .none && signIn(settings) == nil
            words.append(signsIn ? "--quit-after AUTH" : "--quit-after EHLO")
        }
        return words.joined(separator: " ")
    }

    /// The sign-in alone, for what swaks does not know: gsasl asks for the password, curl takes
    /// the token from the environment.
    private static func signIn(_ settings: ConnectionSettings) -> String? {
        guard let mechanism = settings.authentication.mechanisms.last else { return nil }
        switch settings.authentication {
        case .scramSHA1, .scramSHA256, .kerberos:
            var words = ["gsasl", "--client", "--smtp", "--connect", quoted(place(settings))]
            words += ["--mechanism", mechanism.name, "--service", "smtp"]
            words += ["--hostname", quoted(settings.host.bare), "--authentication-id", "USERNAME"]
            if settings.tls == .none { words.append("--no-starttls") }
            return words.joined(separator: " ")
        case .xoauth2, .oauthBearer:
            let scheme = settings.tls == .implicit ? "smtps" : "smtp"
            var words = ["curl", "--verbose", quoted("\(scheme)://\(place(settings))")]
            if settings.tls == .startTLS { words.append("--ssl-reqd") }
            words += ["--user", "USERNAME:", "--oauth2-bearer", "\"$TOKEN\""]
            words += ["--login-options", "AUTH=\(mechanism.name)", "--request", "NOOP"]
            return words.joined(separator: " ")
        default: return nil
        }
    }

    private static func place(_ settings: ConnectionSettings) -> String {
        "\(settings.host.kind == .ipv6 ? "[\(settings.host.bare)]" : settings.host.bare):"
            + String(settings.port)
    }

    /// A word for a POSIX shell, whatever is in it.
    static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: Array("@%_-+=:,./".utf8).contains(byte)
            }
        }
        guard !plain || word.utf8.isEmpty else { return word }
        var output: [UInt8] = [0x27]
        for byte in word.utf8 {
            if byte == 0x27 { output += #"'\''"#.utf8 } else { output.append(byte) }
        }
        return String(decoding: output + [0x27], as: UTF8.self)
    }
}
