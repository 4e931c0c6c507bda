import Testing

@testable import Cryptography

@Suite struct AdditionalDataTests {
    @Test func `no two lists of fields have the same bytes`() {
        // Small alphabets on purpose: that is where concatenations collide.
        let random = RandomSource.seeded(11)
        var fieldsOf: [[UInt8]: [AdditionalData.Field]] = [:]
        for _ in 0..<20_000 {
            let fields = Self.randomFields(random)
            let bytes = AdditionalData(purpose: "p", fields).bytes
            #expect(fieldsOf.updateValue(fields, forKey: bytes) ?? fields == fields)
        }
        #expect(fieldsOf.count > 1000)
    }

    static func randomFields(_ random: RandomSource) -> [AdditionalData.Field] {
        (0..<Int(random.bytes(count: 1)[0] % 4)).map { _ in
            let choice = random.bytes(count: 3)
            let content = [UInt8](repeating: choice[1] % 3, count: Int(choice[2] % 3))
            return switch choice[0] % 5 {
            case 0: .absent
            case 1: .text(String(decoding: content, as: UTF8.self))
            case 2: .bytes(content)
            case 3: .integer(Int64(choice[1] % 3))
            default: .flag(choice[1] % 2 == 0)
            }
        }
    }

    @Test func `moving a letter over a border changes the binding`() {
        let pairs: [([AdditionalData.Field], [AdditionalData.Field])] = [
            ([.text("ab"), .text("c")], [.text("a"), .text("bc")]),
            ([.text("abc")], [.text("abc"), .text("")]),
            ([.text("")], [.absent]),
            ([.text("a")], [.bytes([0x61])]),
            ([.flag(true)], [.bytes([1])]),
            ([.integer(1)], [.bytes([0, 0, 0, 0, 0, 0, 0, 1])]),
            ([.integer(-1)], [.integer(.max)]),
            ([.text("caf\u{E9}")], [.text("cafe\u{301}")]),
        ]
        for (left, right) in pairs {
            #expect(
                AdditionalData(purpose: "p", left).bytes
                    != AdditionalData(purpose: "p", right).bytes
            )
        }
        #expect(
            AdditionalData(purpose: "p", [.text("q")]).bytes
                != AdditionalData(purpose: "pq", [.text("")]).bytes
        )
    }

    @Test func `appending is the same as listing`() {
        #expect(
            AdditionalData(purpose: "p", [.text("a")]).appending(.integer(2))
                == AdditionalData(purpose: "p", [.text("a"), .integer(2)])
        )
    }

    @Test func `the encoding is what stored values were sealed with`() {
        // A change here makes everything stored unreadable.
        #expect(
            hex(AdditionalData(purpose: "p", [.absent, .integer(258), .flag(true)]).bytes)
                == "01000000000000000170" + "000000000000000000"
                + "0300000000000000080000000000000102" + "04000000000000000101"
        )
    }
}
