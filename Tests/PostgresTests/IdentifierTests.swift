import Postgres
import Testing

@Suite struct IdentifierTests {
    @Test func `an identifier reads either case and writes lower case`() throws {
        let id = try #require(UUID("0123ABCD-89ab-4DEF-8000-00000000000f"))
        #expect(id.description == "0123abcd-89ab-4def-8000-00000000000f")
        #expect(UUID(bytes: id.bytes) == id)
        #expect(id.bytes.count == 16)
    }

    @Test(arguments: [
        "", "0123abcd89ab4def800000000000000f", "0123abcd-89ab-4def-8000-00000000000",
        "0123abcd-89ab-4def-8000-00000000000g", "{123abcd-89ab-4def-8000-00000000000f",
        "0123abcd-89ab-4def-8000-00000000000f ", "0123abcd_89ab-4def-8000-00000000000f",
        "٠123abcd-89ab-4def-8000-00000000000",
    ])
    func `anything else is no identifier`(text: String) {
        #expect(UUID(text) == nil)
    }

    @Test func `made identifiers carry their version and variant`() {
        let random = [UInt8](repeating: 0xFF, count: 16)
        #expect(UUID(version4: random).description == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        let zero = [UInt8](repeating: 0, count: 10)
        let time = Timestamp(microseconds: 0x0189_0A5D_AC96 * 1000)
        let id = UUID(version7: time, zero)
        #expect(id.description == "01890a5d-ac96-7000-8000-000000000000")
        let later = UUID(version7: time + .milliseconds(1), zero)
        #expect(id < later)
    }
}
