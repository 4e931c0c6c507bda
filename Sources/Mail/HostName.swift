/// A DNS host name in its readable and its ASCII form.
///
/// Internationalised labels are lower-cased, composed where one accented Latin, Greek or Cyrillic
/// letter exists, and encoded by RFC 3492. This is not all of IDNA (RFC 5891): the bidi and
/// contextual rules are not checked, and compatibility forms are refused instead of mapped.
package struct HostName: Hashable, Sendable {
    /// Lower case, Unicode labels as typed.
    package let text: String
    /// Lower case, each label in letters, digits and hyphens.
    package let ascii: String

    static let longest = 253
    static let longestLabel = 63

    /// Throws `MailError.hostName` for anything but labels of letters, digits and hyphens.
    package init(parsing text: String) throws(MailError) {
        do throws(HostNameFault) {
            try self.init(checking: text)
        } catch {
            throw .hostName(error)
        }
    }

    init(checking text: String) throws(HostNameFault) {
        guard !text.utf8.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.longest * 4 else { throw .tooLong }
        if let plain = Self.plain(text) {
            self.text = plain
            ascii = plain
            return
        }
        var readable: [String] = []
        var encoded: [String] = []
        let labels = text.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            let (text, ascii) = try Self.label(String(label))
            readable.append(text)
            encoded.append(ascii)
        }
        self.text = readable.joined(separator: ".")
        ascii = encoded.joined(separator: ".")
        guard ascii.utf8.count <= Self.longest else { throw .tooLong }
    }

    /// The name in lower case when it is nothing but right labels of ASCII letters, digits and
    /// hyphens; nil when it has to be looked at closely.
    private static func plain(_ text: String) -> String? {
        guard text.utf8.count <= longest else { return nil }
        var lowered: [UInt8] = []
        lowered.reserveCapacity(text.utf8.count)
        var length = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                guard length > 0, length <= longestLabel, lowered.last != UInt8(ascii: "-")
                else { return nil }
                length = 0
            } else {
                guard byte.isLetterOrDigit || byte == UInt8(ascii: "-") && length > 0
                else { return nil }
                length += 1
            }
            lowered.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
        }
        guard length > 0, length <= longestLabel, lowered.last != UInt8(ascii: "-") else {
            return nil
        }
        return String(decoding: lowered, as: UTF8.self)
    }

    private static func label(_ typed: String) throws(HostNameFault) -> (String, ascii: String) {
        guard !typed.utf8.isEmpty else { throw .emptyLabel }
        let scalars = try mapped(typed)
        guard scalars.first != "-", scalars.last != "-" else { throw .hyphen }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        guard scalars.count <= longestLabel else { throw .labelTooLong }
        guard !scalars.allSatisfy(\.isASCII) else { return (text, text) }
        let ascii = "xn--" + String(decoding: Punycode.encode(scalars), as: UTF8.self)
        guard ascii.utf8.count <= longestLabel else { throw .labelTooLong }
        return (text, ascii)
    }

    /// The label in lower case and composed, if it has only letters, marks, digits and hyphens.
    private static func mapped(_ label: String) throws(HostNameFault) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for character in label.lowercased() {
            for scalar in composed(character) {
                guard isAllowed(scalar) else { throw .character }
                result.append(scalar)
            }
        }
        if let first = result.first, first.properties.canonicalCombiningClass != .notReordered {
            throw .character
        }
        return result
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return UInt8(scalar.value).isLetterOrDigit || scalar == "-"
        }
        switch (scalar.value, scalar.properties.generalCategory) {
        case (0xFB00...0xFB4F, _), (0xFE70...0xFEFF, _), (0xFF00...0xFFEF, _):
            return false  // compatibility forms: ligatures, presentation, full and half width
        case (_, .lowercaseLetter), (_, .modifierLetter), (_, .otherLetter), (_, .nonspacingMark),
            (_, .spacingMark), (_, .decimalNumber):
            return true
        default:
            return false
        }
    }

    /// A base letter and its marks as the one letter that means the same, where there is one.
    private static func composed(_ character: Character) -> [Unicode.Scalar] {
        let scalars = Array(character.unicodeScalars)
        guard scalars.count > 1, let letter = composedLetters[character] else { return scalars }
        return [letter]
    }

    /// Equal characters are canonically equivalent, so the decomposed form finds its letter.
    private static let composedLetters: [Character: Unicode.Scalar] = {
        let blocks: [ClosedRange<UInt32>] = [0xDF...0x24F, 0x390...0x4FF, 0x1E00...0x1FFF]
        let letters = blocks.joined().compactMap(Unicode.Scalar.init)
        return Dictionary(letters.map { (Character($0), $0) }) { first, _ in first }
    }()
}
