/// A 16-byte identifier; its text is the lower-case form of RFC 9562, section 4.
package struct UUID: Sendable, Hashable, Comparable {
    private let high: UInt64
    private let low: UInt64

    /// Takes 16 bytes as they are; nil when there are more or fewer.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.init(high: Self.word(bytes[0..<8]), low: Self.word(bytes[8..<16]))
    }

    /// Parses exactly `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, either case; nil for all else.
    package init?(utf8 text: some Collection<UInt8>) {
        guard text.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in text.enumerated() {
            if Self.isHyphen(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Hexadecimal.value(of: byte) else { return nil }
            if index < 18 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt64(digit)
            }
        }
        self.init(high: high, low: low)
    }

    /// A random identifier (version 4).
    ///
    /// Takes 16 random bytes, of which 122 bits are kept.
    package init(version4 random: [UInt8]) {
        precondition(random.count == 16, "a version 4 identifier is made of 16 bytes")
        self.init(version: 4, high: Self.word(random[0..<8]), low: Self.word(random[8..<16]))
    }

    /// An identifier that sorts by its time in milliseconds (version 7).
    ///
    /// Takes 10 random bytes, of which 74 bits are kept.
    package init(version7 time: Timestamp, _ random: [UInt8]) {
        precondition(random.count == 10, "a version 7 identifier is made of 10 bytes")
        let milliseconds = UInt64(max(0, time.microseconds / 1000))
        let high = milliseconds << 16 | Self.word(random[8..<10])
        self.init(version: 7, high: high, low: Self.word(random[0..<8]))
    }

    private init(version: UInt64, high: UInt64, low: UInt64) {
        self.init(
            high: high & ~0xF000 | version << 12,
            low: low & ~(0b11 << 62) | 0b10 << 62
        )
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The 16 bytes in network order.
    package var bytes: [UInt8] {
        (0..<16).map { index in
            UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64((7 - index % 8) * 8))
        }
    }

    package static func < (left: UUID, right: UUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func isHyphen(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }
}

extension UUID: LosslessStringConvertible {
    /// Parses the text form, see `init(utf8:)`.
    package init?(_ description: String) {
        self.init(utf8: description.utf8)
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            fill(text)
            return 36
        }
    }

    private func fill(_ text: UnsafeMutableBufferPointer<UInt8>) {
        var digit = 0
        for index in 0..<36 {
            if Self.isHyphen(index) {
                text[index] = UInt8(ascii: "-")
                continue
            }
            let value = UInt8(
                truncatingIfNeeded: (digit < 16 ? high : low) >> UInt64((15 - digit % 16) * 4) & 0xF
            )
            text[index] = Hexadecimal.digit(value)
            digit += 1
        }
    }
}
