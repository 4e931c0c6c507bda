/// A list of addresses as people type it: `ada@example.com, "Hopper, Grace" <grace@example.org>`.
///
/// Commas, semicolons and line breaks separate; a name in quotation marks may hold them.
package struct MailboxList: Hashable, Sendable {
    package var mailboxes: [Mailbox]

    package init(_ mailboxes: [Mailbox]) {
        self.mailboxes = mailboxes
    }

    /// Parses a list; empty text is an empty one, and so is nothing between two separators.
    ///
    /// Throws `MailError.entry` with the number of the first wrong entry, counted from 1.
    package init(parsing text: String) throws(MailError) {
        mailboxes = []
        for (index, entry) in Self.entries(of: text).enumerated() {
            do throws(MailError) {
                mailboxes.append(try Self.mailbox(entry))
            } catch {
                throw .entry(index + 1, error)
            }
        }
    }

    /// The list as it can be parsed again, one entry a line.
    package var text: String {
        mailboxes.map(\.text).joined(separator: "\n")
    }

    private static func entries(of text: String) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var entry: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
            } else if isQuoted, byte == .backslash {
                isEscaped = true
            } else if byte == .quote {
                isQuoted.toggle()
            } else if !isQuoted, isSeparator(byte) {
                entries.append(entry)
                entry = []
                continue
            }
            entry.append(byte)
        }
        return (entries + [entry]).filter { !$0.allSatisfy { $0 == .space } }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), .carriageReturn, .lineFeed: true
        default: false
        }
    }

    private static func mailbox(_ entry: [UInt8]) throws(MailError) -> Mailbox {
        let entry = trimmed(entry[...])
        guard let opening = openingBracket(entry) else {
            return Mailbox(address: try Address(parsing: String(decoding: entry, as: UTF8.self)))
        }
        guard entry.last == UInt8(ascii: ">") else { throw .address(.withName) }
        let address = try Address(
            parsing: String(decoding: entry[(opening + 1)..<(entry.endIndex - 1)], as: UTF8.self)
        )
        let name = unquoted(trimmed(entry[..<opening]))
        guard !name.isEmpty else { return Mailbox(address: address) }
        return Mailbox(
            address: address,
            name: try DisplayName(parsing: String(decoding: name, as: UTF8.self))
        )
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { $0 != .space }),
            let last = bytes.lastIndex(where: { $0 != .space })
        else { return [] }
        return bytes[first...last]
    }

    /// The `<` before the address: the first that no quotation marks enclose.
    private static func openingBracket(_ entry: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        var index = entry.startIndex
        while index < entry.endIndex {
            if isQuoted, entry[index] == .backslash {
                index += 1
            } else if entry[index] == .quote {
                isQuoted.toggle()
            } else if !isQuoted, entry[index] == UInt8(ascii: "<") {
                return index
            }
            index += 1
        }
        return nil
    }

    /// What stands between quotation marks, its escapes undone; other text as it is.
    private static func unquoted(_ name: ArraySlice<UInt8>) -> [UInt8] {
        guard name.count > 1, name.first == .quote, name.last == .quote else { return Array(name) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in name.dropFirst().dropLast() {
            if !isEscaped, byte == .backslash {
                isEscaped = true
                continue
            }
            isEscaped = false
            result.append(byte)
        }
        return result
    }
}

extension Mailbox {
    /// The mailbox for people, as `MailboxList` reads it: `Ada Lovelace <ada@example.com>`.
    package var text: String {
        guard let name else { return address.text }
        guard name.text.utf8.contains(where: { Self.quotedInNames.contains($0) }) else {
            return "\(name.text) <\(address.text)>"
        }
        var quoted: [UInt8] = [.quote]
        for byte in name.text.utf8 {
            if byte == .quote || byte == .backslash { quoted.append(.backslash) }
            quoted.append(byte)
        }
        quoted.append(.quote)
        return "\(String(decoding: quoted, as: UTF8.self)) <\(address.text)>"
    }

    private static let quotedInNames = Array("\"\\,;<>@()[]:".utf8)
}
