import Testing

@testable import Cryptography

@Suite struct RandomSourceTests {
    @Test func `the system never gives the same twice`() {
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 { seen.insert(RandomSource.system.bytes(count: 16)) }
        #expect(seen.count == 1000)
    }

    @Test func `every byte of the answer is random, at every length`() {
        for length in [0, 1, 7, 32, 1000] {
            var ors = [UInt8](repeating: 0, count: length)
            for _ in 0..<64 {
                let bytes = RandomSource.system.bytes(count: length)
                #expect(bytes.count == length)
                for index in bytes.indices { ors[index] |= bytes[index] }
            }
            #expect(ors.allSatisfy { $0 == 255 })
        }
    }

    @Test func `a seed repeats itself, another seed differs`() {
        let (first, second) = (RandomSource.seeded(1), RandomSource.seeded(1))
        let whole = first.bytes(count: 100)

        #expect(second.bytes(count: 33) + second.bytes(count: 67) == whole)
        #expect(RandomSource.seeded(2).bytes(count: 100) != whole)
        #expect(first.bytes(count: 100) != whole)
    }

    @Test func `a token fits into an address`() {
        let token = RandomSource.system.token(bytes: 32)
        #expect(token.utf8.count == 43)
        #expect(
            token.utf8.allSatisfy {
                Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
                    .contains($0)
            }
        )
    }

    @Test func `a secret has the length asked for`() {
        let secret = RandomSource.seeded(1).secret(count: 32)
        #expect(secret.reveal() == RandomSource.seeded(1).bytes(count: 32))
    }
}
