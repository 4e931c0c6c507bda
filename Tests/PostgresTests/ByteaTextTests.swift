import Testing

@testable import Postgres

/// The text form of `bytea`, as servers write it, and what no server writes.
struct ByteaTextTests {
    @Test func `every pair of bytes is a byte only when both are digits`() {
        let digits = Array("0123456789abcdef".utf8)
        let capitals = Array("0123456789ABCDEF".utf8)
        func value(_ byte: UInt8) -> Int? {
            digits.firstIndex(of: byte) ?? capitals.firstIndex(of: byte)
        }
        var wrong: [[UInt8]] = []
        for high in UInt8.min...UInt8.max {
            for low in UInt8.min...UInt8.max {
                var expected: [UInt8]?
                if let high = value(high), let low = value(low) {
                    expected = [UInt8(16 * high + low)]
                }
                if parse([0x5C, 0x78, high, low]) != expected { wrong.append([high, low]) }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: ["", "\\", "x", "\\y00", "\\x0", "\\x000", "00", "\\x00g0", "\\x0g00"])
    func `nothing is made of text in another form`(text: String) {
        #expect(parse(Array(text.utf8)) == nil)
    }

    @Test func `long values come out whole`() {
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(parse(Array("\\x\(Hexadecimal.text(bytes))".utf8)) == bytes)
        #expect(parse(Array("\\x".utf8)) == [])
    }

    private func parse(_ text: [UInt8]) -> [UInt8]? {
        text.withUnsafeBufferPointer { ByteaText.parse($0) }
    }
}
