import Accounts
import Cryptography
import OAuth
import Observability
import Postgres
import SMTP
import Testing

@testable import EmailSettings

/// Ten thousand profiles, each on every way that a profile takes.
@Suite struct ProfilePropertyTests {
    @Test func `ten thousand profiles come back unchanged from form, draft, JSON and table`()
        async throws
    {
        try await withStores { scene in
            for batch in 0..<20 {
                let forms = (0..<500).map {
                    GeneratedProfile(seed: UInt64(batch * 500 + $0 + 1)).form
                }
                let drafts = try forms.map(Self.draft)
                for (form, draft) in zip(forms, drafts) {
                    #expect(draft.form == form)
                    var sent = ProfileForm()
                    sent.fill { form.fields[$0] }
                    #expect(sent == form)
                    let file = try SettingsFile(.object(form.json), over: ProfileForm())
                    #expect(file.form == form)
                }
                let stored = try await scene.database.read(
                    scene.borealis.reading,
                    Statement(
                        """
                        SELECT t::jsonb::text FROM unnest($1::text[]) WITH ORDINALITY AS u (t, n)
                        ORDER BY n
                        """,
                        [drafts.map(\.form.stored)]
                    ) { try $0.value(0, as: String.self) }
                )
                #expect(stored.count == forms.count)
                for (row, form) in zip(stored, forms) {
                    #expect(try ProfileForm(stored: row) == form)
                }
            }
        }
    }

    private static let application = MicrosoftApplication(
        id: UUID(random: .system),
        name: "Graph",
        cloud: .china,
        tenantID: "example.cn",
        clientID: "00001111-aaaa-2222-bbbb-3333cccc4444"
    )

    @Test func `settings come back unchanged from the snapshot of a test`() throws {
        for seed in 1...1000 {
            var form = GeneratedProfile(seed: UInt64(seed)).form
            // Without one no token could be asked for, and there would be nothing to test.
            if form[.clientID].isEmpty { form[.clientID] = "client" }
            let draft = try form.parse()
            var credentials = ProfileCredentials()
            for field in CredentialField.allCases where field != .firewallPassword {
                credentials[field] = Redacted(Array("\(field.rawValue) \(seed)".utf8))
            }
            let settings = try EffectiveSettings(
                draft,
                credentials,
                CertificateMaterials(),
                application: draft.method == .smtp ? nil : Self.application,
                profileID: nil
            )
            let read = try #require(SettingsCodec.decode(SettingsCodec.encode(settings)))
            #expect(read.draft.form == draft.form)
            #expect(read.connection == settings.connection)
            #expect(read.application?.clientID == settings.application?.clientID)
            #expect(read.application?.cloud == settings.application?.cloud)
            for field in CredentialField.allCases {
                #expect(read.credentials[field]?.reveal { $0 } == credentials[field]?.reveal { $0 })
            }
            #expect(
                read.fingerprintMessage.reveal { $0 } == settings.fingerprintMessage.reveal { $0 }
            )
        }
    }

    @Test func `values that are not used change no fingerprint, all others do`() throws {
        func print(_ change: (inout ProfileForm) -> Void) throws -> [UInt8] {
            var form = StoreScene.form("Main")
            change(&form)
            return try EffectiveSettings(
                form.parse(),
                ProfileCredentials(),
                CertificateMaterials(),
                profileID: nil
            ).fingerprintMessage.reveal { $0 }
        }
        let plain = try print { _ in }
        #expect(try print { $0[.name] = "Other" } == plain)
        #expect(try print { $0[.description] = "Other" } == plain)
        #expect(try print { $0[.signDigest] = "sha512" } == plain)
        #expect(try print { $0[.clientID] = "unused" } == plain)
        #expect(try print { $0[.fromName] = "Other" } != plain)
        #expect(try print { $0[.priority] = "urgent" } != plain)
        #expect(try print { $0[.timeoutSeconds] = "31" } != plain)
    }

    /// The form, which must hold together.
    private static func draft(_ form: ProfileForm) throws -> ProfileDraft {
        do { return try form.parse() } catch {
            Issue.record("\(error.errors) of \(form.fields)")
            throw error
        }
    }
}
