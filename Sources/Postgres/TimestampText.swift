/// The text form of a `timestamptz` in the ISO date style: `2026-07-01 09:30:00.25+00`.
enum TimestampText {
    /// Reads it with any offset from UTC; nil for `infinity`, years before Christ and all else.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var reader = Reader(text: text)
        guard let year = reader.number(digits: 4...6), reader.take("-"),
            let month = reader.number(digits: 2...2), reader.take("-"),
            let day = reader.number(digits: 2...2), reader.take(" "),
            let hour = reader.number(digits: 2...2), reader.take(":"),
            let minute = reader.number(digits: 2...2), reader.take(":"),
            let second = reader.number(digits: 2...2),
            let microsecond = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let civil = CivilTime(
            year: year,
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second,
            microsecond: microsecond
        )
        return Timestamp(civil).map { $0 - .seconds(offset) }
    }

    private struct Reader {
        let text: UnsafeBufferPointer<UInt8>
        var index = 0

        var isAtEnd: Bool { index == text.count }

        mutating func take(_ byte: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: byte) else { return false }
            index += 1
            return true
        }

        mutating func number(digits: ClosedRange<Int>) -> Int? {
            var value = 0
            var count = 0
            while count < digits.upperBound, let digit = digit() {
                value = value * 10 + digit
                count += 1
            }
            return digits.contains(count) ? value : nil
        }

        /// Microseconds of `.25`, of which up to six digits are written; 0 when there is no point.
        mutating func fraction() -> Int? {
            guard take(".") else { return 0 }
            let start = index
            guard var value = number(digits: 1...6) else { return nil }
            for _ in (index - start)..<6 { value *= 10 }
            return value
        }

        /// Seconds of `+02`, `-03:30` or `+00:19:32`.
        mutating func offset() -> Int? {
            let sign = take("+") ? 1 : take("-") ? -1 : 0
            guard sign != 0, let hours = number(digits: 2...2) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] {
                guard take(":") else { break }
                guard let value = number(digits: 2...2) else { return nil }
                seconds += value * unit
            }
            return sign * seconds
        }

        private mutating func digit() -> Int? {
            guard index < text.count,
                case let byte = text[index],
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            else { return nil }
            index += 1
            return Int(byte - UInt8(ascii: "0"))
        }
    }
}
