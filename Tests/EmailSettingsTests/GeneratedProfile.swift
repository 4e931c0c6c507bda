import Foundation

@testable import EmailSettings

/// A valid profile that nobody thought of; the same seed gives the same one.
struct GeneratedProfile {
    private var state: UInt64
    private(set) var form = ProfileForm()

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for field in ProfileField.allCases { form[field] = value(of: field) }
        repair()
    }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[next(values.count)] }

    /// What people write, and what nobody should: quotes, markup, right-to-left, combining marks.
    private static let words = [
        "Main", "Größe", "日本語", "العربية", "\"quoted\"", "a<b>&c", "it's", "e\u{301}", "🚀", "x;y",
        "back\\slash", "{{name}}", "100%", "$1", "NULL", "a, b", "עברית", "–",
    ]

    private mutating func text(_ most: Int) -> String {
        (0..<next(most) + 1).map { _ in pick(Self.words) }.joined(separator: " ")
    }

    private mutating func name() -> String {
        "\(pick(["mail", "smtp", "relay-1", "münchen", "xn--mnchen-3ya"])).example.\(pick(["com", "org"]))"
    }

    private mutating func address() -> String {
        "\(pick(["ada", "no-reply", "o'neil", "a+b", "\"a b\"", "größe"]))@\(name())"
    }

    private mutating func value(of field: ProfileField) -> String {
        switch field.kind {
        case .flag: return pick(["", ProfileField.on])
        case .choice: return pick(field.choices).value
        case .number: return String(next(field == .timeoutSeconds ? 255 : 65_535) + 1)
        case .text: return (0..<next(3)).map { _ in text(3) }.joined(separator: "\n")
        case .addresses: return (0..<next(4)).map { _ in address() }.joined(separator: "\n")
        case .headers:
            return (0..<next(4)).map { "X-Made-\($0): \(text(2))" }.joined(separator: "\n")
        case .certificate, .application: return pick(["", UUID().uuidString.lowercased()])
        case .certificates:
            return (0..<next(3)).map { _ in UUID().uuidString.lowercased() }
                .joined(separator: "\n")
        case .line: return line(field)
        }
    }

    private mutating func line(_ field: ProfileField) -> String {
        switch field {
        case .fromAddress: address()
        case .envelopeSender, .readReceiptTo, .returnReceiptTo: pick(["", address()])
        case .replyTo: pick(["", address()])
        case .host: pick([name(), "192.0.2.25", "[2001:db8::25]"])
        case .firewallHost: pick([name(), "192.0.2.26", "[2001:db8::26]"])
        case .heloName: pick(["", "app.example.com"])
        case .pinnedKey: pick(["", String(repeating: pick(["0a", "ff", "7e"]), count: 32)])
        case .authorizationURL, .tokenURL: pick(["", "https://\(pick(["a", "b"])).example/oauth"])
        case .scope: pick(["", "one", "one two/three"])
        case .logFileName: pick(["", "mail.txt", "a_b-c.log"])
        case .name: text(3)
        case .fromName, .organization: pick(["", text(3)])
        default: pick(["", "value-1"])
        }
    }

    /// Makes the fields go together.
    private mutating func repair() {
        if form[.resolveMX] == ProfileField.on { form[.host] = "example.com" }
        if form[.firewallType] != "none" {
            form[.autoDetect] = ""
        } else {
            form[.firewallHost] = ""
            form[.firewallPort] = ""
        }
        if form[.signCertificate].isEmpty { form[.signEnabled] = "" }
        if form[.encryptCertificate].isEmpty { form[.encryptEnabled] = "" }
        if form[.method] == "office365", !form.flag(.saveToSentItems) {
            // Microsoft's own form carries neither; the headers above all begin with X-.
            form[.signEnabled] = ""
            form[.encryptEnabled] = ""
        }
        if form[.logFileName].isEmpty { form[.fileLog] = "" }
    }
}
