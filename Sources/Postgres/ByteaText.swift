/// The hexadecimal text form of a `bytea`: `\x` and two digits for each byte.
enum ByteaText {
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"),
            text[1] == UInt8(ascii: "x")
        else { return nil }
        let count = text.count / 2 - 1
        var all: UInt8 = 0
        let bytes = values.withUnsafeBufferPointer { values in
            [UInt8](unsafeUninitializedCapacity: count) { bytes, initialized in
                for index in 0..<count {
                    let high = values[Int(text[2 * index + 2])]
                    let low = values[Int(text[2 * index + 3])]
                    all |= high | low
                    bytes[index] = high << 4 | low
                }
                initialized = count
            }
        }
        return all < 16 ? bytes : nil
    }

    /// 0 to 15 for the digits of either case, 255 for all that is none.
    private static let values = (0...255).map { Hexadecimal.value(of: $0) ?? 255 }
}
