import Accounts
import EmailSettings
import Postgres
import SMTP
import Testing

/// What an installation asks of every profile.
@Suite struct ProfilePolicyTests {
    @Test func `where TLS is required no profile is saved or tested without it`() async throws {
        try await withStores(policy: ProfilePolicy(requiresTLS: true)) { scene in
            for tls in TLSMode.allCases {
                var form = StoreScene.form(tls.rawValue)
                form[.tls] = tls.rawValue
                let draft = try form.parse()
                guard tls == .none || tls == .automatic else {
                    _ = try await scene.profiles.create(draft, .keepAll, scene.borealis)
                    continue
                }
                let saved = await #expect(throws: FormRejection.self, "\(tls)") {
                    try await scene.profiles.create(draft, .keepAll, scene.borealis)
                }
                #expect(saved?.errors.map(\.field) == ["tls"])
                #expect(saved?.errors.map(\.code) == ["policy"])
                await #expect(throws: FormRejection.self, "\(tls)") {
                    try await scene.profiles.effectiveSettings(
                        of: draft,
                        .keepAll,
                        saved: nil,
                        scene.borealis
                    )
                }
            }
        }
    }

    @Test func `a profile becomes active only after a test of exactly its values`() async throws {
        try await withStores(policy: ProfilePolicy(activationNeedsTest: true)) { scene in
            let id = try await scene.profiles.create(
                StoreScene.form("Main").parse(),
                .keepAll,
                scene.borealis
            )
            let saved = try #require(try await scene.profiles.profile(id, scene.borealis))
            func proof(_ proven: [UInt8]) -> @Sendable ([UInt8]) -> Statement<Bool> {
                { asked in
                    Statement("SELECT $1::bytea = $2::bytea", [asked, proven]) { try $0.value(0) }
                }
            }
            for proof in [nil, proof([0])] {
                let refused = await #expect(throws: FormRejection.self) {
                    try await scene.profiles.activate(id, proof: proof, scene.borealis)
                }
                #expect(refused?.errors.map(\.code) == ["unproven"])
                #expect(try await scene.profiles.active(scene.borealis) == nil)
            }
            try await scene.profiles.activate(
                id,
                proof: proof(saved.fingerprint),
                scene.borealis
            )
            #expect(try await scene.profiles.active(scene.borealis)?.id == id)
        }
    }
}
