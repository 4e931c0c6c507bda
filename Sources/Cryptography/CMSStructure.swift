/// Reads the one thing from an encrypted message that libcrypto 3.0 does not tell: its cipher.
enum CMSStructure {
    private static let sequence: UInt8 = 0x30
    private static let set: UInt8 = 0x31
    private static let objectIdentifier: UInt8 = 0x06
    /// A constructed element with the context's tag 0.
    private static let explicit: UInt8 = 0xA0
    /// 2.16.840.1.101.3.4.1, the AES ciphers.
    private static let aes: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01]

    /// The cipher of an EnvelopedData or AuthEnvelopedData (RFC 5652, section 6.1; RFC 5083,
    /// section 2.1) in DER; nil when it is not one of ours or cannot be found.
    static func cipher(of der: [UInt8]) -> CMS.Cipher? {
        guard let content = elements(der[...], of: sequence)?.dropFirst().first,
            content.tag == explicit, let fields = elements(content.content, of: sequence)
        else { return nil }
        // The recipients, a SET, are followed by the encrypted content's description.
        guard let recipients = fields.firstIndex(where: { $0.tag == set }),
            recipients + 1 < fields.count, fields[recipients + 1].tag == sequence,
            let description = children(fields[recipients + 1].content), description.count > 1,
            description[1].tag == sequence,
            let algorithm = children(description[1].content)?.first,
            algorithm.tag == objectIdentifier, algorithm.content.dropLast().elementsEqual(aes)
        else { return nil }
        return CMS.Cipher.allCases.first { $0.arc == algorithm.content.last }
    }

    private typealias Element = (tag: UInt8, content: ArraySlice<UInt8>)

    /// The elements inside the one element that `bytes` are.
    private static func elements(_ bytes: ArraySlice<UInt8>, of tag: UInt8) -> [Element]? {
        guard let outer = children(bytes), outer.count == 1, outer[0].tag == tag else { return nil }
        return children(outer[0].content)
    }

    /// The elements one after the other; nil when they do not fill `bytes`.
    private static func children(_ bytes: ArraySlice<UInt8>) -> [Element]? {
        var found: [Element] = []
        var rest = bytes
        while !rest.isEmpty {
            guard let element = next(&rest) else { return nil }
            found.append(element)
        }
        return found
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) -> Element? {
        guard let tag = rest.popFirst(), tag & 0x1F != 0x1F, let first = rest.popFirst() else {
            return nil
        }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard rest.count >= length else { return nil }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return (tag, content)
    }
}
