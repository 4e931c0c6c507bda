package import Outbound
import SASL

/// Commands that show the same from a shell; they ask for passwords instead of holding them.
package enum Reproduction {
    /// What to run for a host and its settings: the name service, TLS where it is used, and the
    /// conversation.
    ///
    /// Capital words stand for what only the person has: files, user names, an exchanger's name.
    package static func commands(
        for settings: ConnectionSettings,
        sender: String? = nil,
        recipient: String? = nil
    ) -> [String] {
        var commands: [String] = []
        if settings.host.kind == .name { commands.append(dig(settings)) }
        if settings.tls != .none, let command = openssl(settings) { commands.append(command) }
        let paths = recipient.map { (sender ?? "<>", $0) }
        switch settings.proxy {
        case .none:
            commands.append(swaks(settings, paths))
            if let command = signIn(settings) { commands.append(command) }
        // swaks knows no proxies.
        case .environment: commands.append(curl(settings, nil, paths))
        case .fixed(let proxy): commands.append(curl(settings, proxy, paths))
        }
        return commands
    }

    private static func dig(_ settings: ConnectionSettings) -> String {
        let name = quoted(settings.host.bare)
        var words = ["dig", "+short"]
        if settings.resolveMX { words += [name, "MX"] }
        if settings.addressFamily != .ipv6 { words += [name, "A"] }
        if settings.addressFamily != .ipv4 { words += [name, "AAAA"] }
        return words.joined(separator: " ")
    }

    // MARK: - openssl

    /// Nil through SOCKS, which openssl does not know.
    private static func openssl(_ settings: ConnectionSettings) -> String? {
        var words = ["openssl", "s_client"]
        switch settings.proxy {
        case .none: break
        case .fixed(let proxy) where proxy.kind == .tunnel:
            words += ["-proxy", quoted(proxy.place)]
            if proxy.username != nil {
                words += ["-proxy_user", "USERNAME", "-proxy_pass", "stdin"]
            }
        case .fixed, .environment: return nil
        }
        words += ["-connect", quoted(place(settings))] + family(settings)
        if settings.host.kind == .name {
            let name = peer(settings)
            words += ["-servername", name, "-verify_hostname", name]
        } else {
            words += ["-noservername", "-verify_ip", quoted(settings.host.bare)]
        }
        if !settings.trustedCertificates.isEmpty { words += ["-CAfile", "CA.pem"] }
        // One file with certificate and key; a key with a password is asked for it.
        if settings.clientCertificate != nil { words += ["-cert", "CLIENT.pem"] }
        if settings.tls != .implicit { words += ["-starttls", "smtp"] }
        return (words + ["-showcerts"]).joined(separator: " ")
    }

    // MARK: - swaks

    /// Without `--auth-password` swaks asks for it.
    private static func swaks(
        _ settings: ConnectionSettings,
        _ paths: (sender: String, recipient: String)?
    ) -> String {
        var words = ["swaks", "--server", peer(settings)] + family(settings)
        words += ["--port", String(settings.port), "--timeout", String(settings.timeoutSeconds)]
        if let name = settings.heloName { words += ["--helo", quoted(name.text)] }
        words += swaksTLS(settings)
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
        if let paths {
            words += ["--from", quoted(paths.sender), "--to", quoted(paths.recipient)]
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

    private static func swaksTLS(_ settings: ConnectionSettings) -> [String] {
        var words: [String] = []
        switch settings.tls {
        case .implicit: words.append("--tls-on-connect")
        case .startTLS: words.append("--tls")
        case .automatic: words.append("--tls-optional")
        case .none: return []
        }
        if settings.verifyCertificate { words.append("--tls-verify") }
        if !settings.trustedCertificates.isEmpty { words += ["--tls-ca-path", "CA.pem"] }
        if settings.clientCertificate != nil {
            words += ["--tls-cert", "CLIENT.pem", "--tls-key", "CLIENT.key"]
        }
        return words
    }

    // MARK: - curl

    /// Goes through any proxy; for a user name without a password curl asks for it.
    private static func curl(
        _ settings: ConnectionSettings,
        _ proxy: Proxy?,
        _ paths: (sender: String, recipient: String)?
    ) -> String {
        var words = ["curl", "-v"] + family(settings)
        words += way(proxy)
        switch settings.tls {
        case .startTLS: words.append("--ssl-reqd")
        case .automatic: words.append("--ssl")
        case .implicit, .none: break
        }
        if !settings.verifyCertificate { words.append("--insecure") }
        if !settings.trustedCertificates.isEmpty { words += ["--cacert", "CA.pem"] }
        if settings.clientCertificate != nil { words += ["--cert", "CLIENT.pem"] }
        switch settings.authentication {
        case .none: break
        case .xoauth2, .oauthBearer:
            words += ["--user", "USERNAME:", "--oauth2-bearer", "\"$TOKEN\""]
        default: words += ["--user", "USERNAME"]
        }
        if let paths {
            words += ["--mail-from", quoted(paths.sender), "--mail-rcpt", quoted(paths.recipient)]
            words += ["--upload-file", "MESSAGE.eml"]
        }
        let scheme = settings.tls == .implicit ? "smtps" : "smtp"
        return (words + [quoted("\(scheme)://\(place(settings))")]).joined(separator: " ")
    }

    /// How curl goes through a proxy; nil for one that only the environment names.
    package static func way(_ proxy: Proxy?) -> [String] {
        var words = ["--proxy", proxy.map { quoted(url($0)) } ?? "PROXY"]
        if proxy?.kind == .tunnel { words.append("--proxytunnel") }
        if proxy?.username != nil { words += ["--proxy-user", "USERNAME"] }
        return words
    }

    private static func url(_ proxy: Proxy) -> String {
        let scheme =
            switch (proxy.kind, proxy.resolvesNames) {
            case (.tunnel, _): "http"
            case (.socks4, false): "socks4"
            case (.socks4, true): "socks4a"
            case (.socks5, false): "socks5"
            case (.socks5, true): "socks5h"
            }
        return "\(scheme)://\(proxy.place)"
    }

    // MARK: - Words

    /// The host; of a domain, the exchanger that its MX records name.
    private static func peer(_ settings: ConnectionSettings) -> String {
        settings.resolveMX && settings.host.kind == .name
            ? "EXCHANGER" : quoted(settings.host.bare)
    }

    /// Host and port, not quoted.
    private static func place(_ settings: ConnectionSettings) -> String {
        let host = settings.host.kind == .ipv6 ? "[\(settings.host.bare)]" : peer(settings)
        return "\(host):\(settings.port)"
    }

    private static func family(_ settings: ConnectionSettings) -> [String] {
        switch settings.addressFamily {
        case .automatic: []
        case .ipv4: ["-4"]
        case .ipv6: ["-6"]
        }
    }

    /// A word for a POSIX shell, whatever is in it.
    package static func quoted(_ word: String) -> String {
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
