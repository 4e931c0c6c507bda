/// A message's identity, chosen by its sender: `<token@domain>` (RFC 5322 section 3.6.4).
package struct MessageID: Hashable, Sendable {
    /// What stands before the `@`.
    let token: String
    /// With angle brackets, as in the header field.
    package let text: String

    /// Takes a token that is unique and kept, so that a retry has the same identity.
    ///
    /// The token has 1 to 64 letters, digits, `-`, `_` and `.`; the domain is a host name or an
    /// address literal, as `Address.asciiDomain` gives it. Throws `MailError.header(.messageID)`.
    package init(token: String, domain: String) throws(MailError) {
        let address: Address
        do throws(MailError) {
            address = try Address(parsing: "\(token)@\(domain)")
        } catch {
            throw .header(.messageID)
        }
        let isToken = token.utf8.allSatisfy {
            $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == .dot
        }
        guard isToken else { throw .header(.messageID) }
        self.token = token
        text = "<\(address.wireText)>"
    }
    /// Reads what `text` gave.
    ///
    /// Throws `MailError.header(.messageID)`.
    package init(stored text: String) throws(MailError) {
        let bytes = Array(text.utf8)
        guard bytes.count > 2, bytes.first == UInt8(ascii: "<"), bytes.last == UInt8(ascii: ">"),
            let separator = bytes.firstIndex(of: UInt8(ascii: "@"))
        else { throw .header(.messageID) }
        try self.init(
            token: String(decoding: bytes[1..<separator], as: UTF8.self),
            domain: String(decoding: bytes[(separator + 1)..<(bytes.count - 1)], as: UTF8.self)
        )
    }
}
