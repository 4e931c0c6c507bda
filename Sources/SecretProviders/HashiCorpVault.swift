import OAuth
import Observability
import Outbound
import SMTP

/// HashiCorp Vault, and OpenBao: key-value secrets, versions 1 and 2 of the engine.
struct HashiCorpVault: ProviderAPI {
    private let settings: ProviderSettings
    private let now: @Sendable () -> TraceTime

    init(_ settings: ProviderSettings, now: @escaping @Sendable () -> TraceTime) {
        self.settings = settings
        self.now = now
    }

    private var isVersioned: Bool { settings["kvVersion"] != "1" }
    private var mount: String { settings["mount"].isEmpty ? "secret" : settings["mount"] }

    // MARK: - Reach

    func reach(_ call: inout ProviderCall) async throws(ProviderFailure) -> [Fact] {
        // Standby nodes pass requests on, so they are as good as the active one.
        let url = try call.url.url(
            "/v1/sys/health",
            query: [("standbyok", "true"), ("perfstandbyok", "true")]
        )
        let shown = ["version", "initialized", "sealed", "standby"]
        let answer = try await call.send(.get(url, [Self.requestMark], showing: shown))
        let json = try answer.object()
        guard json["initialized"]?.flag != nil else {
            throw ProviderFailure(answer, saying: Self.words(answer, call))
        }
        switch answer.status {
        case 501: throw ProviderFailure(ProviderAdvice.sealed, "it is not initialised")
        case 503: throw ProviderFailure(ProviderAdvice.sealed, "it is sealed")
        case 472:
            throw ProviderFailure(
                ProviderAdvice.serverFailure,
                "this node only waits for a disaster to take over, and gives no secrets"
            )
        case 200..<300, 429, 473: break
        default: throw ProviderFailure(answer, saying: Self.words(answer, call))
        }
        return json["version"]?.text.map { [Fact("vaultVersion", ServerWords.clean($0))] } ?? []
    }

    // MARK: - Session

    func signIn(_ call: inout ProviderCall) async throws(ProviderFailure) -> ProviderSession? {
        let signer = try settings.signer(.token, .apiCredentials)
        guard signer.kind == .apiCredentials else {
            return ProviderSession(signer.value, lifetime: nil)
        }
        let mount = settings["appRoleMount"].isEmpty ? "approle" : settings["appRoleMount"]
        let url = try call.url.url("/v1/auth", ProviderURL.segments(mount) + ["login"])
        let body = ProviderRequest.Body.json([
            .init("role_id", signer[.username]), .init("secret_id", secret: signer.value),
        ])
        let shown = ["auth.lease_duration", "auth.policies", "auth.num_uses"]
        let answer = try await call.send(.post(url, body, namespace, showing: shown))
        guard answer.isSuccess else {
            let words = Self.words(answer, call)
            // Both are how AppRole says that it does not know the two.
            if answer.status == 400 || answer.status == 403 {
                throw ProviderFailure(ProviderAdvice.authentication, words)
            }
            throw failure(answer, call)
        }
        guard let token = try answer.object()["auth"]?["client_token"]?.secret else {
            throw ProviderFailure(ProviderAdvice.response, "it gave no token")
        }
        // A token that is good for some requests only is not kept.
        let isLimited = (answer["auth.num_uses"]?.number ?? 0) > 0
        let lifetime = answer["auth.lease_duration"]?.number ?? 0
        return ProviderSession(
            token,
            lifetime: isLimited ? 0 : lifetime == 0 ? Self.endless : lifetime
        )
    }

    func inspect(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> SessionReport {
        let answer = try await lookUp(session, &call)
        guard answer.isSuccess else {
            if answer.status == 403 {
                throw ProviderFailure(ProviderAdvice.authentication, Self.words(answer, call))
            }
            throw failure(answer, call)
        }
        let data = try answer.object()["data"]
        var report = SessionReport()
        if let policies = data?["policies"]?.shown, !policies.isEmpty {
            report.facts.append(Fact("tokenPolicies", ServerWords.clean(policies)))
        }
        // The token of an AppRole is renewed by us, and its end is nobody's concern.
        if session.lifetime == nil, let seconds = data?["ttl"]?.number, seconds > 0 {
            let end = TraceTime(unixMilliseconds: now().unixMilliseconds + Int64(seconds) * 1000)
            report.expiresAt = end
            report.facts.append(Fact("tokenExpires", end.text))
        }
        return report
    }

    private func lookUp(
        _ session: ProviderSession,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProviderAnswer {
        let url = try call.url.url("/v1/auth/token/lookup-self")
        let shown = ["data.policies", "data.ttl", "data.expire_time", "data.renewable"]
        return try await call.send(.get(url, head(session), showing: shown))
    }

    // MARK: - Requests

    private static let endless = 3600
    /// Vault refuses requests without it where it is set up to keep out forged ones.
    private static let requestMark = ProviderRequest.Field("X-Vault-Request", "true")
    static let metadata = [
        "data.metadata.version", "data.metadata.created_time", "data.metadata.deletion_time",
        "data.metadata.destroyed",
    ]

    private var namespace: [ProviderRequest.Field] {
        let name = settings["namespace"]
        return [Self.requestMark] + (name.isEmpty ? [] : [.init("X-Vault-Namespace", name)])
    }

    private func head(_ session: ProviderSession?) -> [ProviderRequest.Field] {
        namespace + (session.map { [.init("X-Vault-Token", secret: $0.token)] } ?? [])
    }

    /// `GET /v1/MOUNT/PART/PATH`.
    func get(
        _ part: String?,
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProviderAnswer {
        let version = reference["version"]
        let url = try call.url.url(
            "/v1",
            ProviderURL.segments(mount) + (part.map { [$0] } ?? [])
                + ProviderURL.segments(reference["path"]),
            query: isVersioned && !version.isEmpty ? [("version", version)] : []
        )
        let shown = isVersioned ? Self.metadata : []
        return try await call.send(.get(url, head(session), showing: shown))
    }

    func read(
        _ reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProvidedSecret {
        let answer = try await get(isVersioned ? "data" : nil, reference, session, &call)
        guard answer.isSuccess else { throw await explained(answer, session, &call) }
        let json = try answer.object()
        let metadata = isVersioned ? answer["data.metadata"] : nil
        guard let data = isVersioned ? answer["data.data"] : json["data"], data.names != nil else {
            throw ProviderFailure(ProviderAdvice.response, "it holds no data of a secret")
        }
        let key = reference["key"]
        guard let found = data[key] else {
            throw ProviderFailure(
                ProviderAdvice.keyMissing,
                Self.missing(key, of: data.names ?? [])
            )
        }
        guard let value = found.secret, value.reveal({ !$0.isEmpty }) else {
            throw ProviderFailure(
                ProviderAdvice.noText,
                "“\(key)” holds " + (found.secret == nil ? "no text" : "an empty text")
            )
        }
        let version = metadata?["version"]?.number.map(String.init)
        return ProvidedSecret(
            value,
            version: version,
            facts: [
                version.map { Fact("secretVersion", $0) },
                metadata?["created_time"]?.text.map {
                    Fact("secretCreated", ServerWords.clean($0))
                },
            ].compactMap { $0 }
        )
    }

    func keys(
        at reference: SecretReference,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> [String] {
        guard isVersioned else {
            throw ProviderFailure(
                ProviderAdvice.reference,
                "version 1 of the KV engine does not tell keys without their values"
            )
        }
        let answer = try await get("subkeys", reference, session, &call)
        guard answer.isSuccess else { throw await explained(answer, session, &call) }
        guard let names = answer["data.subkeys"]?.names else {
            throw ProviderFailure(ProviderAdvice.response, "it holds no keys")
        }
        return names
    }

    private static func missing(_ key: String, of names: [String]) -> String {
        let known = names.prefix(20).map { "“\($0)”" }.joined(separator: ", ")
        return names.isEmpty
            ? "“\(key)”; it has no keys at all" : "“\(key)”; its keys are \(known)"
    }
}

// MARK: - What went wrong

extension HashiCorpVault {
    /// Vault says the same of a token that is none and of a path that the token may not read; and
    /// of an engine of the other version what it says of a secret that is not there.
    private func explained(
        _ answer: ProviderAnswer,
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async -> ProviderFailure {
        let plain = failure(answer, call)
        do throws(ProviderFailure) {
            switch answer.status {
            case 403:
                guard let session, try await lookUp(session, &call).status == 403 else { break }
                return ProviderFailure(ProviderAdvice.authentication, Self.words(answer, call))
            case 404 where plain.verdictCode == .providerNotFound:
                if let other = try await otherVersion(session, &call) { return other }
            default: break
            }
        } catch {
            // The first answer is what counts.
            return plain
        }
        return plain
    }

    /// What the mount says of itself to whoever may use it.
    private func otherVersion(
        _ session: ProviderSession?,
        _ call: inout ProviderCall
    ) async throws(ProviderFailure) -> ProviderFailure? {
        let url = try call.url.url("/v1/sys/internal/ui/mounts", ProviderURL.segments(mount))
        let shown = ["data.type", "data.options.version"]
        let answer = try await call.send(.get(url, head(session), showing: shown))
        guard answer.isSuccess, answer["data.type"]?.text == "kv" else { return nil }
        let version = answer["data.options.version"]?.text ?? "1"
        guard version != (isVersioned ? "2" : "1"), version == "1" || version == "2" else {
            return nil
        }
        return ProviderFailure(ProviderAdvice.kvVersion, "“\(mount)” is version \(version)")
    }

    private func failure(_ answer: ProviderAnswer, _ call: ProviderCall) -> ProviderFailure {
        let words = Self.words(answer, call)
        if answer.status == 503, words.contains("sealed") {
            return ProviderFailure(ProviderAdvice.sealed, words)
        }
        guard answer.status == 404 else { return ProviderFailure(answer, saying: words) }
        if answer["data.metadata.destroyed"]?.flag == true {
            return ProviderFailure(ProviderAdvice.versionDeleted, "it was destroyed")
        }
        if let time = answer["data.metadata.deletion_time"]?.text, !time.isEmpty {
            return ProviderFailure(
                ProviderAdvice.versionDeleted,
                "deleted at \(ServerWords.clean(time))"
            )
        }
        if words.contains("versioned K/V") {
            return ProviderFailure(ProviderAdvice.kvVersion, "“\(mount)” is version 2")
        }
        if words.contains("no handler for route") || words.contains("namespace not found") {
            return ProviderFailure(ProviderAdvice.mountUnknown, words)
        }
        return ProviderFailure(answer, saying: words)
    }

    private static func words(_ answer: ProviderAnswer, _ call: ProviderCall) -> String {
        let said = (answer.json?["errors"] ?? answer.json?["warnings"])?.shown ?? ""
        return call.clean(said)
    }
}
