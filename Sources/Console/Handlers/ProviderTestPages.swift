import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP
import SecretProviders
import Secrets
import Templates

/// Test provider, within the request: at most 20 seconds.
extension Console {
    /// The page with the fields of an entry in the form.
    func askForTest(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        let id = UUID(request.query("entry"))
        let entry = stored.entries.first { $0.id == id }
        let page = providerPage(stored, request, typed: entry?.reference.values)
        return .html(try templates.render(page))
    }

    func testProvider(_ request: TenantRequest) async throws -> Response {
        let stored = try await provider(request)
        let typed = stored.kind.reference.typed(in: request.form)
        do {
            let result =
                request.form["action"] == "keys"
                ? try await keys(stored, typed, request)
                : try await check(stored, typed, request)
            // With the state that the test left.
            let page = providerPage(
                try await provider(request),
                request,
                typed: typed,
                result: result
            )
            return .html(try templates.render(page))
        } catch let refusal as ProviderRefusal {
            let errors = FormRejection(refusal).errors
            let names = stored.kind.reference.map(\.name)
            // What is wrong with the settings has no field on this page.
            let isTyped = errors.allSatisfy { names.contains($0.field) }
            let page = providerPage(
                stored,
                request,
                typed: typed,
                errors: isTyped ? errors : [],
                result: isTyped ? nil : ProviderResult(refusal)
            )
            return .html(try templates.render(page), status: .unprocessableContent)
        }
    }

    private func check(
        _ stored: StoredProvider,
        _ typed: [String: String],
        _ request: TenantRequest
    ) async throws -> ProviderResult {
        let reference = try stored.kind.parseOptionalReference(typed)
        let check = try await providers.tester.test(
            stored.id,
            reading: reference,
            request.scope
        )
        let edit = PagePath.providerEdit.url(request.slug, stored.id.description)
        return ProviderResult(check, reading: reference != nil, stored.kind, editURL: edit)
    }

    private func keys(
        _ stored: StoredProvider,
        _ typed: [String: String],
        _ request: TenantRequest
    ) async throws -> ProviderResult {
        let found = try await providers.tester.keys(
            of: stored.id,
            at: try stored.kind.parsePlace(typed),
            request.scope
        )
        return ProviderResult(found)
    }
}

extension ProviderResult {
    /// `editURL`: the form of the provider's settings.
    init(_ check: ProviderCheck, reading: Bool, _ kind: ProviderKind, editURL: String) {
        let failure = check.failure
        self.init(
            badge: StateBadge(
                tone: failure == nil ? "good" : "bad",
                label: failure == nil ? "Works" : "Failed"
            ),
            headline: failure == nil ? "The provider answers" : "The provider gives no secret",
            sentence: Self.sentence(check),
            answers: [
                ProviderAnswerRow("Can it be reached?", check.reaches, reading, failure),
                ProviderAnswerRow("Does the sign-in work?", check.authenticates, reading, failure),
                ProviderAnswerRow("Can this secret be read?", check.reads, reading, failure),
            ],
            verdict: failure.map { VerdictCard($0.verdict, $0.link(kind, editURL)) },
            facts: check.facts.flatMap(FactRow.rows),
            lines: check.lines.map { DialogueLine(fromRelay: $0.from == .relay, text: $0.text) },
            hasFacts: !check.facts.isEmpty,
            hasLines: !check.lines.isEmpty
        )
    }

    private static func sentence(_ check: ProviderCheck) -> String {
        if check.failure != nil {
            return "Three questions, one after the other; the first that fails ends the test."
        }
        if check.reads == .ok { return "The secret can be read. Its value was thrown away." }
        return check.authenticates == .ok
            ? "The sign-in works. Name a secret to see whether it can be read."
            : "It signs in anew for each secret. Name one to see whether that works."
    }

    init(_ keys: Result<[String], ProviderFailure>) {
        switch keys {
        case .success(let names):
            self.init(
                badge: StateBadge(tone: "good", label: "Works"),
                headline: counted(Int64(names.count), "key"),
                sentence: names.isEmpty
                    ? "This secret has no keys." : "These can be given as the KV secret key.",
                keys: names.map(KeyName.init),
                hasKeys: !names.isEmpty
            )
        case .failure(let failure):
            self.init(
                badge: StateBadge(tone: "bad", label: "Failed"),
                headline: "The keys cannot be listed",
                sentence: "No value was read.",
                verdict: VerdictCard(failure.verdict, nil)
            )
        }
    }

    /// It was not asked at all.
    init(_ refusal: ProviderRefusal) {
        self.init(
            badge: StateBadge(tone: "bad", label: "Failed"),
            headline: "The provider was not asked",
            sentence: refusal.userText
        )
    }
}

extension ProviderAnswerRow {
    init(
        _ question: String,
        _ answer: ProviderCheck.Answer,
        _ isReading: Bool,
        _ first: ProviderFailure?
    ) {
        switch answer {
        case .ok: self.init(question: question, badge: StateBadge(tone: "good", label: "Yes"))
        case .failed(let failure):
            self.init(
                question: question,
                badge: StateBadge(tone: "bad", label: "No"),
                // The first one's stands below with what to do.
                cause: failure == first ? nil : failure.cause
            )
        case .notTried:
            self.init(
                question: question,
                badge: StateBadge(tone: "neutral", label: "Not tried"),
                cause: isReading ? nil : "No secret was named."
            )
        }
    }
}

extension VerdictCard {
    /// Of a provider; its settings stand on the same page.
    init(_ verdict: Verdict, _ link: PageLink?) {
        self.init(
            cause: verdict.cause,
            advice: verdict.advice,
            fieldLink: link,
            whoIcon: WhoWords.icon(verdict.whoCanFix),
            whoLabel: WhoWords.label(verdict.whoCanFix),
            code: verdict.code.rawValue
        )
    }
}

extension ProviderFailure {
    /// The setting to change: in the form of the provider, or on its page.
    fileprivate func link(_ kind: ProviderKind, _ editURL: String) -> PageLink? {
        let isName = { (field: ProviderField) in field.name == self.field }
        if let setting = kind.configuration.first(where: isName) {
            return PageLink(url: "\(editURL)#\(setting.name)", label: "Change “\(setting.label)”")
        }
        guard let part = kind.reference.first(where: isName) else { return nil }
        return PageLink(url: "#\(part.name)", label: "Change “\(part.label)”")
    }
}
