import Outbound
import SMTP

/// The three questions of a test, one after the other.
struct ProviderTrial {
    let settings: ProviderSettings
    let reference: SecretReference?

    /// `keep` gets the session that the test opened.
    func run(
        _ api: any ProviderAPI,
        _ call: inout ProviderCall,
        _ check: inout ProviderCheck,
        _ keep: (ProviderSession) -> Void
    ) async {
        let host = call.url.base.place
        do throws(ProviderFailure) {
            check.facts += try await api.reach(&call)
            check.reaches = .ok
        } catch {
            check.reaches = .failed(error.about(settings, at: host))
            return
        }
        var session: ProviderSession?
        do throws(ProviderFailure) {
            session = try await api.signIn(&call)
            if let session {
                call.learn(session.token)
                let report = try await api.inspect(session, &call)
                check.tokenExpiresAt = report.expiresAt
                check.facts += report.facts
                check.authenticates = .ok
                keep(session)
            }
        } catch {
            check.authenticates = .failed(error.about(settings, at: host))
            // A token may be good, and not allowed to look at itself.
            guard let session, session.lifetime == nil, error.isAboutSigningIn else { return }
        }
        if let reference { await read(reference, api, session, &call, &check) }
    }

    private func read(
        _ reference: SecretReference,
        _ api: any ProviderAPI,
        _ session: ProviderSession?,
        _ call: inout ProviderCall,
        _ check: inout ProviderCheck
    ) async {
        do throws(ProviderFailure) {
            let secret = try await api.read(reference, session, &call)
            check.facts += secret.facts
            check.authenticates = .ok
            check.reads = .ok
        } catch {
            let failure = error.about(settings, at: call.url.base.place)
            // Whoever signs in with each request learns only now whether that works.
            if error.isAboutSigningIn, check.authenticates != .ok {
                check.authenticates = .failed(failure)
            } else {
                if error.tellsOfTheSecret { check.authenticates = .ok }
                check.reads = .failed(failure)
            }
        }
    }
}

extension ProviderFailure {
    fileprivate var isAboutSigningIn: Bool { verdictCode == .providerAuthentication }

    /// Whether only somebody who is signed in is told so.
    fileprivate var tellsOfTheSecret: Bool {
        switch verdictCode {
        case .providerPermission, .providerNotFound, .providerVersionDeleted, .providerKeyMissing,
            .providerBusy, .providerDisabled, .providerExpired:
            true
        default: false
        }
    }
}
