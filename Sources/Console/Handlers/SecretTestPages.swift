import Accounts
import EmailSettings
import HTTP
import Postgres
import SMTP
import SecretProviders
import Secrets
import Templates

/// Test of a named secret, as that of a provider: three questions, one after the other.
extension Console {
    func testSecret(_ request: TenantRequest) async throws -> Response {
        let (stored, versions) = try await secret(request)
        let typed = request.form["host"] ?? ""
        do {
            let check = try await namedSecrets.test(stored.id, for: typed, request.scope)
            let replace = PagePath.secretReplace.url(request.slug, stored.id.description)
            let page = secretPage(
                stored,
                versions,
                request,
                typedHost: typed,
                errors: check.failure.map { $0.errors(of: "host") } ?? [],
                result: ProviderResult(check, isForServer: !typed.isEmpty, replaceURL: replace)
            )
            return .html(try templates.render(page))
        } catch let refusal as NamedSecretRefusal {
            let page = secretPage(
                stored,
                versions,
                request,
                typedHost: typed,
                errors: refusal.fieldErrors
            )
            return .html(try templates.render(page), status: .unprocessableContent)
        }
    }

    func secretTestForm(
        _ stored: NamedSecret,
        _ slug: String,
        _ typedHost: String,
        _ errors: [FieldError]
    ) -> ProviderTestForm {
        let server = TextField.make(
            "host",
            "Server",
            typedHost,
            hint: "To ask whether that server may get it, such as \(stored.hosts.first ?? "").",
            errors: errors
        )
        return ProviderTestForm(
            action: PagePath.secretTest.url(slug, stored.id.description),
            hint: "Says whether it is in the store, whether the keys of this installation open, "
                + "and whether it can be read as it was entered. Its value is not shown, and sent "
                + "nowhere.",
            inputs: [ProviderInput(text: server)]
        )
    }
}

extension ProviderFailure {
    /// What is wrong with the field that was typed, if that is what is to be changed.
    fileprivate func errors(of name: String) -> [FieldError] {
        field == name ? [FieldError(name, code, cause)] : []
    }
}

extension ProviderResult {
    /// Of a named secret; `replaceURL`: where its value is entered again.
    fileprivate init(_ check: ProviderCheck, isForServer: Bool, replaceURL: String) {
        let failure = check.failure
        let last =
            isForServer ? "Can it be read, and sent to this server?" : "Can this secret be read?"
        self.init(
            badge: StateBadge(
                tone: failure == nil ? "good" : "bad",
                label: failure == nil ? "Works" : "Failed"
            ),
            headline: failure == nil ? "The store gives the secret" : "The store gives no secret",
            sentence: failure == nil
                ? "The secret can be read. Its value was thrown away."
                : "Three questions, one after the other; the first that fails ends the test.",
            answers: [
                ProviderAnswerRow("Is it in the store?", check.reaches, true, failure),
                ProviderAnswerRow("Do the keys open?", check.authenticates, true, failure),
                ProviderAnswerRow(last, check.reads, true, failure),
            ],
            verdict: failure.map { VerdictCard(store: $0, replaceURL: replaceURL) },
            facts: check.facts.flatMap(FactRow.rows),
            hasFacts: !check.facts.isEmpty
        )
    }
}

extension VerdictCard {
    /// Of the internal store, whose administrator is the operator.
    fileprivate init(store failure: ProviderFailure, replaceURL: String) {
        let links = [
            "host": PageLink(url: "#host", label: "Change “Server”"),
            "value": PageLink(url: replaceURL, label: "Replace"),
        ]
        self.init(failure.verdict, failure.field.flatMap { links[$0] })
        if failure.verdict.whoCanFix == .vaultAdministrator {
            whoIcon = "server"
            whoLabel = "The operator of this installation"
        }
    }
}
