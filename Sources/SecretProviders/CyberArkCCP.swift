import OAuth
import Observability
import Outbound
import SMTP
import Sockets

/// CyberArk's Central Credential Provider: a web service that knows its clients by certificate or
/// address, and each request signs in for itself.
struct CyberArkCCP: ProviderAPI {
    private let settings: ProviderSettings
    private let changeWait: Duration

    init(_ settings: ProviderSettings, changeWait: Duration) {
        self.settings = settings
        self.changeWait = changeWait
    }

    /// Installations may give the service another path, as one for clients with certificates.
    private func service(_ call: ProviderCall) -> String {
        call.url.hasPath ? "" : "/AIMWebService"
    }

    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact] {
        let url = try call.url.url(service(call) + "/v1.1/AIM.asmx")
        let answer = try await call.send(.get(url))
        // The service has no page for this; that something answers, be it a refusal, is all.
        guard answer.status < 500 else { throw ProviderFailure(answer, saying: "") }
        return []
    }

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession? {
        nil
    }

    /// While the password is being changed it is asked for again, as long as there is time.
    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        var change: ProviderFailure?
        while true {
            do throws(ProviderFailure) {
                return try await ask(reference, &call)
            } catch {
                // That it is being changed says more than that the time ended.
                if let change, error.verdictCode == .providerTimeout { throw change }
                guard error.verdictCode == .providerBusy, Deadline.after(changeWait) < call.deadline
                else { throw error }
                change = error
            }
            await call.loop.sleep(for: changeWait)
            if Task.isCancelled { throw ProviderFailure(ProviderAdvice.cancelled) }
        }
    }

    private func ask(
        _ reference: SecretReference,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        let folder = reference["folder"].isEmpty ? "Root" : reference["folder"]
        let url = try call.url.url(
            service(call) + "/api/Accounts",
            query: [
                ("AppID", settings["appID"]), ("Safe", settings["safe"]), ("Folder", folder),
                ("Object", reference["object"]),
            ]
        )
        let shown = ["PasswordChangeInProcess"]
        let answer = try await call.send(.get(url, showing: shown))
        guard answer.isSuccess else { throw failure(answer, call) }
        let json = try answer.object()
        if Self.isTrue(json["PasswordChangeInProcess"]) {
            throw ProviderFailure(ProviderAdvice.busy, "it says PasswordChangeInProcess")
        }
        let property = reference["property"].isEmpty ? "Content" : reference["property"]
        guard let found = json[property] else {
            throw ProviderFailure(ProviderAdvice.keyMissing, "“\(property)”")
        }
        guard let value = found.secret, value.reveal({ !$0.isEmpty }) else {
            throw ProviderFailure(ProviderAdvice.noText, "“\(property)” is empty")
        }
        return ProvidedSecret(value)
    }

    private static func isTrue(_ value: VaultJSON?) -> Bool {
        value?.flag ?? (value?.text?.lowercased() == "true")
    }

    // MARK: - What went wrong

    private func failure(_ answer: ProviderAnswer, _ call: ProviderCall) -> ProviderFailure {
        guard let code = answer.json?["ErrorCode"]?.text.map(call.clean) else {
            // The web server itself refuses who shows no certificate.
            if answer.status == 401 || answer.status == 403 {
                return ProviderFailure(
                    ProviderAdvice.authentication,
                    "the web server refuses us with the status \(answer.status), as it does "
                        + "without the right client certificate"
                )
            }
            if answer.isPage {
                return ProviderFailure(
                    ProviderAdvice.response,
                    "it is a page in HTML, with the status \(answer.status)"
                )
            }
            return ProviderFailure(answer, saying: "")
        }
        let message = answer.json?["ErrorMsg"]?.text.map(call.clean) ?? ""
        let words = message.isEmpty ? code : "\(code), \(message)"
        guard let entry = Self.entries[code] else { return ProviderFailure(answer, saying: words) }
        return ProviderFailure(entry, words)
    }

    /// By the codes of CyberArk's messages.
    static let entries: [String: AdviceEntry] = [
        "APPAP004E": ProviderAdvice.notFound, "APPAP249E": ProviderAdvice.notFound,
        "APPAP324E": ProviderAdvice.notFound,
        "APPAP008E": ProviderAdvice.permission, "APPAP087E": ProviderAdvice.permission,
        "APPAP132E": ProviderAdvice.authentication, "APPAP133E": ProviderAdvice.authentication,
        "APPAP306E": ProviderAdvice.authentication,
        "APPAP227E": ProviderAdvice.reference, "APPAP228E": ProviderAdvice.reference,
        "APPAP229E": ProviderAdvice.reference, "APPAP230E": ProviderAdvice.reference,
        "APPAP251E": ProviderAdvice.reference,
        "APPAP282E": ProviderAdvice.busy, "APPAP286E": ProviderAdvice.busy,
        "APPAP007E": ProviderAdvice.serverFailure, "APPBC007E": ProviderAdvice.serverFailure,
        "APPAP096W": ProviderAdvice.serverFailure, "APPAP289E": ProviderAdvice.serverFailure,
        "APPAP291E": ProviderAdvice.serverFailure, "APPAP292E": ProviderAdvice.serverFailure,
        "APPAP297E": ProviderAdvice.serverFailure,
        "APPAP081E": ProviderAdvice.refused, "CASVL010E": ProviderAdvice.refused,
        "AIMWS030E": ProviderAdvice.refused, "AIMWS031E": ProviderAdvice.refused,
    ]
}
