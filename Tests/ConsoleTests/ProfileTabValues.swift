/// Bad values for the fields of the tabs beyond General and Outgoing server.
enum ProfileTabValues {
    typealias BadValue = FormErrorTests.BadValue

    private static let proxied = ["firewallType": "socks5", "firewallHost": "proxy.example"]

    static let bad = [
        BadValue(field: "envelopeSender", value: "nobody"),
        BadValue(field: "envelopeSender", value: "a@b.example\r\nX: y", shows: false),
        BadValue(field: "organization", value: "a\u{7}b", shows: false),
        BadValue(field: "organization", value: String(repeating: "o", count: 2001)),
        BadValue(field: "replyTo", value: "one@a.example, two"),
        BadValue(field: "readReceiptTo", value: "nobody"),
        BadValue(field: "returnReceiptTo", value: "nobody"),
        BadValue(field: "cc", value: "one@a.example\ntwo", shows: false),
        BadValue(
            field: "bcc",
            value: (0..<51).map { "a\($0)@b.example" }.joined(separator: "\n"),
            shows: false
        ),
        BadValue(field: "priority", value: "soon", shows: false),
        BadValue(field: "sensitivity", value: "secret", shows: false),
        BadValue(field: "importance", value: "none", shows: false),
        BadValue(field: "headers", value: "Subject: mine"),
        BadValue(field: "headers", value: "Bcc: a@b.example"),
        BadValue(field: "headers", value: "X-Ünï: a"),
        BadValue(field: "headers", value: "no colon"),
        BadValue(field: "headers", value: "X-A: b\u{0}c", shows: false),
        BadValue(field: "addressFamily", value: "ipx", shows: false),
        BadValue(field: "resolveMX", value: "on", shows: false, also: ["host": "192.0.2.1"]),
        BadValue(field: "pinnedKey", value: "0a0b"),
        BadValue(field: "signCertificate", value: "", also: ["signEnabled": "on"]),
        BadValue(field: "encryptCertificate", value: "", also: ["encryptEnabled": "on"]),
        BadValue(
            field: "signDigest",
            value: "md5",
            shows: false,
            also: ["signEnabled": "on"]
        ),
        BadValue(
            field: "encryptAlgorithm",
            value: "rc2",
            shows: false,
            also: ["encryptEnabled": "on"]
        ),
        BadValue(field: "clientID", value: "a\u{1}b", shows: false),
        BadValue(field: "authorizationURL", value: "http://login.example/authorize"),
        BadValue(field: "authorizationURL", value: "javascript:alert(1)"),
        BadValue(field: "tokenURL", value: "https://user:pass@token.example/"),
        BadValue(field: "scope", value: "a b\\c"),
        BadValue(field: "authenticationValue", value: "a\u{0}b", shows: false),
        BadValue(field: "firewallType", value: "vpn", shows: false),
        BadValue(field: "firewallHost", value: "", also: ["firewallType": "tunnel"]),
        BadValue(field: "firewallHost", value: "a b", also: ["firewallType": "socks4"]),
        BadValue(field: "firewallPort", value: "0", also: proxied),
        BadValue(field: "firewallRemoteNames", value: "both", shows: false, also: proxied),
        BadValue(
            field: "autoDetect",
            value: "on",
            shows: false,
            also: proxied
        ),
        BadValue(field: "logFileName", value: "../mail.txt", also: ["fileLog": "on"]),
        BadValue(field: "logFileName", value: "/etc/passwd", also: ["fileLog": "on"]),
        BadValue(field: "logFileName", value: ".hidden", also: ["fileLog": "on"]),
        BadValue(field: "logFileName", value: "", also: ["fileLog": "on"]),
    ]
}
