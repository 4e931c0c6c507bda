import Testing

@testable import Cryptography

@Suite struct EnvelopeTests {
    let key = SecretBytes([UInt8](repeating: 9, count: 32))
    let keyID: KeyID
    let binding = AdditionalData(purpose: "secret/1", [.text("acme"), .integer(3)])
    let random = RandomSource.seeded(5)

    init() throws {
        keyID = try KeyID("2026-11")
    }

    private func sealed(_ text: String) throws -> [UInt8] {
        try Envelope.seal(
            SecretBytes(text),
            under: key,
            keyID: keyID,
            boundTo: binding,
            random: random
        )
    }

    @Test(arguments: ["", "x", "hunter2", "pässwörd \0 🔑"])
    func `what is sealed is opened`(text: String) throws {
        let envelope = try Envelope(sealed(text))

        #expect(envelope.keyID == keyID)
        #expect(try envelope.open(with: key, boundTo: binding) == SecretBytes(text))
    }

    @Test func `no bit can be changed`() throws {
        for changed in everyBitFlip(of: try sealed("hunter2")) {
            let kind = failure {
                _ = try Envelope(changed).open(with: key, boundTo: binding)
            }
            #expect(kind == .authenticationFailed || kind == .invalidEnvelope)
        }
    }

    @Test func `nothing can be cut off or added`() throws {
        let sealed = try sealed("hunter2")
        let shorter = (0..<sealed.count).map { Array(sealed.prefix($0)) }
        for changed in shorter + [sealed + [0], [0] + sealed, sealed + sealed] {
            let kind = failure {
                _ = try Envelope(changed).open(with: key, boundTo: binding)
            }
            #expect(kind == .authenticationFailed || kind == .invalidEnvelope)
        }
    }

    @Test func `another key or another binding does not open it`() throws {
        let envelope = try Envelope(sealed("hunter2"))
        let otherKey = SecretBytes([UInt8](repeating: 8, count: 32))
        let others = [
            AdditionalData(purpose: "secret/1", [.text("acme"), .integer(4)]),
            AdditionalData(purpose: "secret/1", [.text("acmf"), .integer(3)]),
            AdditionalData(purpose: "secret/1", [.text("acme")]),
            AdditionalData(purpose: "secret/2", [.text("acme"), .integer(3)]),
        ]

        #expect(
            failure { _ = try envelope.open(with: otherKey, boundTo: binding) }
                == .authenticationFailed
        )
        for other in others {
            #expect(
                failure { _ = try envelope.open(with: key, boundTo: other) }
                    == .authenticationFailed
            )
        }
    }

    @Test func `the same value sealed twice looks different`() throws {
        let system = RandomSource.system
        func seal() throws -> [UInt8] {
            try Envelope.seal(
                SecretBytes("hunter2"),
                under: key,
                keyID: keyID,
                boundTo: binding,
                random: system
            )
        }
        #expect(try seal() != seal())
    }

    @Test func `the form is the one that stored values have`() throws {
        // Sealed by another implementation (pyca/cryptography); a change that breaks it makes everything stored unreadable.
        let stored = try bytes(
            "53500107323032362d3131" + "000102030405060708090a0b" + Self.storedCiphertext
        )

        let envelope = try Envelope(stored)

        #expect(envelope.keyID.text == "2026-11")
        #expect(try envelope.open(with: key, boundTo: binding) == SecretBytes("hunter2"))
    }

    static let storedCiphertext = "8224f5b6593d18ab55f331afe7abf3b4d75b5eb65e2274"
}
