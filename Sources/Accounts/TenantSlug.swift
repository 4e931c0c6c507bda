/// The name of a tenant in addresses: lower-case letters, digits and single hyphens, 1–63 bytes.
package struct TenantSlug: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// Reads a slug as it stands in a path; nil when it cannot be one.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D else {
            return nil
        }
        var previous: UInt8 = 0
        for byte in bytes {
            let isWord = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            guard isWord || (byte == 0x2D && previous != 0x2D) else { return nil }
            previous = byte
        }
        self.text = text
    }

    package var description: String { text }
}
