import Mail

/// The name of a captured message: `20261121T100000-abcdefghij`, in the order of arrival.
///
/// The first four of the ten letters count fractions of the second, the others are random.
struct CapturedID: Hashable, Comparable, Sendable {
    let text: String
    /// Seconds since 1970.
    let receivedAt: Int64

    /// The fractions of a second that four letters tell apart.
    static let ticksPerSecond: Int64 = 26 * 26 * 26 * 26
    private static let randomLetters: UInt64 = 26 * 26 * 26 * 26 * 26 * 26

    /// The id of a moment in ticks since 1970, from 1970 to 9999.
    init(ticks: Int64, random: UInt64) {
        let date = MessageDate(secondsSince1970: ticks / Self.ticksPerSecond)
        let digits = date.readableText.utf8.filter { (0x30...0x39).contains($0) }
        let fraction = UInt64(ticks % Self.ticksPerSecond)
        let letters = Self.letters(fraction * Self.randomLetters + random % Self.randomLetters)
        let time = digits.prefix(8) + [UInt8(ascii: "T")] + digits.suffix(6)
        text = String(decoding: time + [UInt8(ascii: "-")] + letters, as: UTF8.self)
        receivedAt = date.seconds
    }

    /// Reads an id; nil for anything that is not exactly one.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 26, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "-"),
            bytes[16...].allSatisfy({ (0x61...0x7A).contains($0) }),
            let seconds = Self.seconds(Array(bytes[..<8] + bytes[9..<15]))
        else { return nil }
        self.text = String(decoding: bytes, as: UTF8.self)
        receivedAt = seconds
    }

    static func < (left: CapturedID, right: CapturedID) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    private static func letters(_ number: UInt64) -> [UInt8] {
        var rest = number
        var letters: [UInt8] = []
        for _ in 0..<10 {
            letters.append(UInt8(ascii: "a") + UInt8(rest % 26))
            rest /= 26
        }
        return letters.reversed()
    }

    /// The moment of `YYYYMMDDhhmmss`; nil when that is not one from 1970 on.
    private static func seconds(_ digits: [UInt8]) -> Int64? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int64 {
            digits[range].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        let year = number(0..<4)
        let month = number(4..<6)
        let day = number(6..<8)
        guard year >= 1970, (1...12).contains(month), (1...31).contains(day),
            number(8..<10) < 24, number(10..<12) < 60, number(12..<14) < 60
        else { return nil }
        // Years that start on 1 March, so that the leap day comes last.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let leapDays = shifted / 4 - shifted / 100 + shifted / 400
        let days = shifted * 365 + leapDays + dayOfYear - 719_468
        return days * 86_400 + number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14)
    }
}
