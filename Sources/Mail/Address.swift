/// An email address: `Mailbox` of RFC 5321 section 4.1.2 with the extensions of RFC 6531.
package struct Address: Hashable, Sendable {
    /// What stands before the `@`, quotation marks included.
    package let localPart: String
    /// The domain in lower case, readable form, or an address literal in brackets.
    package let domain: String
    /// The domain as DNS and SMTP without SMTPUTF8 know it, or an address literal in brackets.
    package let asciiDomain: String

    /// The address as typed, with the domain in lower case.
    package var text: String { "\(localPart)@\(domain)" }

    /// The address as it goes into SMTP commands and headers; UTF-8 only in the local part.
    package var wireText: String { "\(localPart)@\(asciiDomain)" }

    /// Whether only a relay with SMTPUTF8 can carry this address: the local part is not ASCII.
    package var needsSMTPUTF8: Bool { !localPart.utf8.allSatisfy { $0 < 0x80 } }

    /// Characters that are read at all, so that an address of up to 512 is refused with the reason.
    package static let longestInput = 512
    /// Octets of an address in SMTP: a path of 256 with its angle brackets (RFC 5321 4.5.3.1.3).
    package static let longest = 254
    /// Octets before the `@` (RFC 5321 section 4.5.3.1.1).
    package static let longestLocalPart = 64

    /// Parses one address; spaces around it are dropped.
    ///
    /// Throws `MailError.address` with a sentence that says what to change.
    package init(parsing text: String) throws(MailError) {
        do throws(AddressFault) {
            try self.init(checking: text.trimmingSpaces())
        } catch {
            throw .address(error)
        }
    }

    private init(checking text: String) throws(AddressFault) {
        guard !text.utf8.isEmpty else { throw .empty }
        guard !text.exceeds(scalars: Self.longestInput) else { throw .tooLongToRead }
        guard text.isPrintableASCII || text.unicodeScalars.allSatisfy({ !$0.isInvisible })
        else { throw .control }
        let (local, domain) = try Self.split(text)
        let (readable, ascii) = try Self.parseDomain(domain, whole: text)
        guard max(text.utf8.count, local.utf8.count + 1 + ascii.utf8.count) <= Self.longest else {
            throw .tooLong
        }
        guard local.utf8.count <= Self.longestLocalPart else { throw .localPartTooLong }
        self.localPart = local
        self.domain = readable
        self.asciiDomain = ascii
    }

    /// Splits at the `@` and checks the local part.
    private static func split(_ text: String) throws(AddressFault) -> (String, domain: String) {
        let bytes = Array(text.utf8)
        let at: Int
        if bytes.first == .quote {
            at = try endOfQuotedString(bytes)
            guard at < bytes.count, bytes[at] == .at else { throw .quotes }
        } else {
            guard let first = bytes.firstIndex(of: .at) else { throw .noAt }
            at = first
            try checkHints(bytes)
            try checkDotAtom(bytes[..<at])
        }
        guard at + 1 < bytes.count else { throw .noDomain }
        return (
            String(decoding: bytes[..<at], as: UTF8.self),
            String(decoding: bytes[(at + 1)...], as: UTF8.self)
        )
    }

    /// Finds the usual mistakes, to name them.
    private static func checkHints(_ bytes: [UInt8]) throws(AddressFault) {
        if bytes.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }) {
            throw .withName
        }
        if bytes.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }) {
            throw .several
        }
        if bytes.contains(.space) { throw .space }
        if bytes.count(where: { $0 == .at }) > 1 { throw .severalAt }
    }

    private static func checkDotAtom(_ local: ArraySlice<UInt8>) throws(AddressFault) {
        guard !local.isEmpty else { throw .noLocalPart }
        for atom in local.split(separator: .dot, omittingEmptySubsequences: false) {
            guard !atom.isEmpty else { throw .dots }
            guard atom.allSatisfy({ $0.isAtomText || $0 >= 0x80 }) else { throw .character }
        }
        guard !local.allSatisfy({ $0 < 0x80 }) else { return }
        let text = String(decoding: local, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace }) else { throw .space }
    }

    /// The index after the closing quotation mark; what is inside has no controls already.
    private static func endOfQuotedString(_ bytes: [UInt8]) throws(AddressFault) -> Int {
        var index = 1
        while index < bytes.count, bytes[index] != .quote {
            index += bytes[index] == .backslash ? 2 : 1
        }
        guard index < bytes.count else { throw .quotes }
        return index + 1
    }

    private static func parseDomain(
        _ domain: String,
        whole: String
    ) throws(AddressFault) -> (String, ascii: String) {
        if domain.utf8.first == UInt8(ascii: "[") {
            guard isAddressLiteral(domain) else { throw .addressLiteral }
            return (domain, domain)
        }
        let host: HostName
        do throws(HostNameFault) {
            host = try HostName(checking: domain)
        } catch {
            let isTooLong = error == .tooLong || whole.utf8.count > longest
            throw isTooLong ? .tooLong : .domain(error)
        }
        let top = host.ascii.utf8.reversed().prefix { $0 != .dot }
        guard !top.allSatisfy(\.isDigit) else { throw .bareNumbers }
        return (host.text, host.ascii)
    }

    /// `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 section 4.1.3).
    private static func isAddressLiteral(_ domain: String) -> Bool {
        guard domain.utf8.last == UInt8(ascii: "]") else { return false }
        let inner = String(decoding: domain.utf8.dropFirst().dropLast(), as: UTF8.self)
        let tag = "ipv6:"
        guard inner.lowercased().utf8.starts(with: tag.utf8) else {
            return IPAddressSyntax.isIPv4(inner)
        }
        return IPAddressSyntax.isIPv6(
            String(decoding: inner.utf8.dropFirst(tag.utf8.count), as: UTF8.self)
        )
    }
}
