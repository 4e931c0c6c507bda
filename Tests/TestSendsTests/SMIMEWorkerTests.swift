import Cryptography
import EmailSettings
import Observability
import SMTP
import Secrets
import Sockets
import TestCertificates
import TestServers
import Testing

@testable import TestSends

/// Signed tests, as the worker sends them from the sealed snapshot.
@Suite(.timeLimit(.minutes(2))) struct SMIMEWorkerTests {
    /// Settings that sign with a certificate for this extended use.
    private func signing(
        _ settings: EffectiveSettings,
        usage: String
    ) throws -> EffectiveSettings {
        let identity = try Authority().issue(names: ["email:no-reply@acme.example"], usage: usage)
        let bundle = try CertificateBundle(Redacted(identity.keyPEM + identity.certificatePEM))
        var certificates = CertificateMaterials()
        certificates[.signCertificate] = [
            OpenedCertificate(
                certificates: bundle.certificates,
                privateKey: try bundle.key.map { Redacted(try $0.pkcs8().reveal()) }
            )
        ]
        var form = settings.draft.form
        form.set(.signEnabled, true)
        form[.signCertificate] = "of this test"
        return try EffectiveSettings(
            form.parse(),
            settings.credentials,
            certificates,
            profileID: nil
        )
    }

    @Test func `a test is signed from its snapshot`() async throws {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let settings = try signing(scene.settings(sink.address), usage: "emailProtection")
            let id = try await scene.send(settings, in: scene.acme)
            let run = try await scene.end(of: id, in: scene.acme)
            #expect(run.status == .accepted)
            let message = try #require(sink.messages.first)
            #expect(message.contains("Content-Type: multipart/signed;"))
            #expect(message.contains("smime.p7s"))
        }
    }

    @Test func `a test that cannot be signed says so and sends nothing`() async throws {
        try await withService { scene in
            let sink = try await MailSink(on: scene.loops.next)
            let settings = try signing(scene.settings(sink.address), usage: "clientAuth")
            let id = try await scene.send(settings, in: scene.acme)
            let run = try await scene.end(of: id, in: scene.acme)
            #expect(run.status == .failed)
            #expect(run.verdict?.code == .smimeFailed)
            #expect(run.verdict?.field == "signCertificate")
            #expect(run.verdict?.advice.contains("emailProtection") == true)
            #expect(run.attempts == 1)
            #expect(sink.messages.isEmpty)
        }
    }
}
