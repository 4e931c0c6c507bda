import Testing

@testable import Cryptography

@Suite struct DataKeyTests {
    let random = RandomSource.seeded(21)
    let old: SecretBytes
    let new: SecretBytes
    let id: KeyID
    let binding = AdditionalData(purpose: "secret/1", [.text("acme")])

    init() throws {
        id = try KeyID("acme-1")
        old = MasterKeyRing.generate(id: try KeyID("old"), random: random)
        new = MasterKeyRing.generate(id: try KeyID("new"), random: random)
    }

    private func ring(_ lines: SecretBytes...) throws -> MasterKeyRing {
        try MasterKeyRing(parsing: SecretBytes(lines.flatMap { $0.reveal() }))
    }

    @Test func `a wrapped key opens what it sealed before`() throws {
        let key = DataKey.generate(id: id, random: random)
        let sealed = try key.seal(SecretBytes("hunter2"), boundTo: binding, random: random)
        let wrapped = try key.wrap(with: ring(old), tenant: "acme", random: random)

        let unwrapped = try DataKey.unwrap(wrapped, id: id, tenant: "acme", with: ring(old))

        #expect(try unwrapped.open(sealed, boundTo: binding) == SecretBytes("hunter2"))
    }

    @Test func `a rotation keeps the values readable`() throws {
        let key = DataKey.generate(id: id, random: random)
        let sealed = try key.seal(SecretBytes("hunter2"), boundTo: binding, random: random)
        let before = try key.wrap(with: ring(old), tenant: "acme", random: random)

        let both = try ring(new, old)
        let after = try DataKey.unwrap(before, id: id, tenant: "acme", with: both)
            .wrap(with: both, tenant: "acme", random: random)

        #expect(try Envelope(before).keyID.text == "old")
        #expect(try Envelope(after).keyID.text == "new")
        let rotated = try DataKey.unwrap(after, id: id, tenant: "acme", with: ring(new))
        #expect(try rotated.open(sealed, boundTo: binding) == SecretBytes("hunter2"))
        #expect(
            failure { _ = try DataKey.unwrap(before, id: id, tenant: "acme", with: ring(new)) }
                == .unknownKey
        )
    }

    @Test func `a key put into another tenant's row does not open`() throws {
        let key = DataKey.generate(id: id, random: random)
        let wrapped = try key.wrap(with: ring(old), tenant: "acme", random: random)
        let otherID = try KeyID("acme-2")

        #expect(
            failure { _ = try DataKey.unwrap(wrapped, id: id, tenant: "evil", with: ring(old)) }
                == .authenticationFailed
        )
        #expect(
            failure {
                _ = try DataKey.unwrap(wrapped, id: otherID, tenant: "acme", with: ring(old))
            } == .authenticationFailed
        )
    }

    @Test func `no bit of a wrapped key can be changed`() throws {
        let ring = try ring(old)
        let wrapped = try DataKey.generate(id: id, random: random)
            .wrap(with: ring, tenant: "acme", random: random)

        for changed in everyBitFlip(of: wrapped) {
            let kind = failure {
                _ = try DataKey.unwrap(changed, id: id, tenant: "acme", with: ring)
            }
            #expect(
                kind == .authenticationFailed || kind == .invalidEnvelope || kind == .unknownKey
            )
        }
    }

    @Test func `a value of another data key is said to be that`() throws {
        let sealed = try DataKey.generate(id: KeyID("acme-2"), random: random)
            .seal(SecretBytes("x"), boundTo: binding, random: random)
        let key = DataKey.generate(id: id, random: random)

        #expect(failure { _ = try key.open(sealed, boundTo: binding) } == .unknownKey)
    }

    @Test func `printing a data key or a ring shows no byte of a key`() throws {
        let line = String(decoding: old.reveal(), as: UTF8.self)
        let encoded = line.dropFirst("old:".count).dropLast()
        let ring = try ring(old)
        let key = try ring.key(ring.activeID)
        let numbers = key.reveal().prefix(4).map { "\($0)" }.joined(separator: ", ")
        var text = "\(ring) \(DataKey.generate(id: id, random: random))"
        dump(ring, to: &text)

        #expect(text.contains("[redacted]"))
        #expect(!text.contains(encoded))
        #expect(!text.contains(numbers))
    }
}
