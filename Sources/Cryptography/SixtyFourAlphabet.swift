/// The 64 digits of a Base 64 encoding, both ways.
struct SixtyFourAlphabet: Sendable {
    static let standard = SixtyFourAlphabet(lastTwo: "+/")
    static let address = SixtyFourAlphabet(lastTwo: "-_")

    private static let noDigit: UInt8 = 0xFF
    private static let pad = UInt8(ascii: "=")

    private let digits: [UInt8]
    private let values: [UInt8]

    private init(lastTwo: StaticString) {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        digits = Array(letters.utf8) + Array("\(lastTwo)".utf8)
        var values = [UInt8](repeating: Self.noDigit, count: 256)
        for (value, digit) in digits.enumerated() {
            values[Int(digit)] = UInt8(value)
        }
        self.values = values
    }

    func encode(_ bytes: UnsafeRawBufferPointer, padded: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let group = min(3, bytes.count - index)
            var bits = UInt32(bytes[index]) << 16
            if group > 1 { bits |= UInt32(bytes[index + 1]) << 8 }
            if group > 2 { bits |= UInt32(bytes[index + 2]) }
            for place in 0...group {
                text.append(digits[Int(bits >> UInt32(18 - 6 * place)) & 63])
            }
            if padded { text.append(contentsOf: repeatElement(Self.pad, count: 3 - group)) }
            index += 3
        }
        return text
    }

    func decode<Text: BidirectionalCollection<UInt8>>(
        _ text: Text,
        padded: Bool
    ) throws -> [UInt8] {
        let body = padded ? try withoutPadding(text) : text[...]
        guard body.count % 4 != 1 else {
            throw CryptographyError(.invalidEncoding, "base64: a lone digit at the end")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count * 3 / 4)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        for digit in body {
            let value = values[Int(digit)]
            guard value != Self.noDigit else {
                throw CryptographyError(.invalidEncoding, "base64: not a digit of this alphabet")
            }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
            }
        }
        guard bits & ((1 << held) - 1) == 0 else {
            throw CryptographyError(.invalidEncoding, "base64: bits left over")
        }
        return bytes
    }

    private func withoutPadding<Text: BidirectionalCollection<UInt8>>(
        _ text: Text
    ) throws -> Text.SubSequence {
        guard text.count.isMultiple(of: 4) else {
            throw CryptographyError(.invalidEncoding, "base64: length is no multiple of four")
        }
        var body = text[...]
        for _ in 0..<2 where body.last == Self.pad {
            body.removeLast()
        }
        return body
    }
}
