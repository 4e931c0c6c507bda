import EmailSettings
import OAuth
import Observability
import SMTP
import SecretProviders
import Secrets

/// A named secret as a program sends it.
struct SecretInput {
    /// Nil when it was not sent.
    let kind: NamedSecretKind?
    let form: NamedSecretForm
    /// What was sent, for the answer to a conflict: without the value.
    let shown: JSON

    /// A missing field, or null, is empty; a missing value stays as it is.
    ///
    /// Throws: `FormRejection` for unknown names and wrong types.
    init(_ json: JSON) throws(FormRejection) {
        var errors = InputObject.errors(of: json, .secret)
        kind = json["kind"]?.text.flatMap(NamedSecretKind.init(rawValue:))
        if let text = json["kind"]?.text, kind == nil {
            let kinds = NamedSecretKind.allCases.map(\.rawValue).joined(separator: ", ")
            let shown = String(decoding: text.utf8.prefix(64), as: UTF8.self)
            errors.append(
                FieldError("kind", "choice", "“\(shown)” is no kind of secret; there are \(kinds).")
            )
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        var form = NamedSecretForm()
        form.name = json["name"]?.text ?? ""
        form.description = json["description"]?.text ?? ""
        form.expiresOn = json["expiresOn"]?.text ?? ""
        form.hosts = json["hosts"]?.elements?.compactMap(\.text) ?? []
        for detail in NamedSecretDetail.allCases {
            form.details[detail] = json[detail.rawValue]?.text ?? ""
        }
        form.value = json["value"]?.text.map { Redacted(Array($0.utf8)) }
        self.form = form
        shown = .object((json.members ?? []).filter { $0.name != "value" })
    }

    /// The draft of a secret of this kind; a new one needs a value.
    ///
    /// Throws: `FormRejection` with everything that is wrong.
    func draft(
        of kind: NamedSecretKind,
        isNew: Bool
    ) throws(FormRejection) -> NamedSecretDraft {
        var form = form
        if isNew, form.value == nil { form.value = Redacted([]) }
        do throws(NamedSecretRefusal) { return try form.parse(kind) } catch {
            throw FormRejection(error.fieldErrors)
        }
    }
}

extension FieldTable {
    static let secret = FieldTable(
        secretSummary.fields + [
            Field(
                "value",
                .nullable(.text),
                .call,
                "Goes in and never comes out; missing or null: it stays as it is. Needed for a new "
                    + "secret, and to change what it is bound to: hosts, cloud, tenantID, clientID, "
                    + "username"
            ),
            Field(
                "advice",
                .nullable(.text),
                .answer,
                "What the value just sent gives reason to say; null: nothing"
            ),
            Field(
                "versions",
                .list(.object("SecretVersion")),
                .answer,
                "When the value was set, the last first"
            ),
        ]
    )

    static let secretSummary = FieldTable([
        Field("id", .id, .answer, "Names it in addresses"),
        Field("name", .text, isRequired: true, "Its name for people"),
        Field("description", .text, "What it is for"),
        Field(
            "kind",
            .choice(NamedSecretKind.allCases.map(\.rawValue)),
            "What it is; needed for a new one, and fixed then"
        ),
        Field(
            "cloud",
            .nullable(.choice(NationalCloud.allCases.map(\.rawValue))),
            "Of a microsoftApplication: where it is registered"
        ),
        Field(
            "tenantID",
            .nullable(.text),
            "Of a microsoftApplication: the directory's ID or one of its domains"
        ),
        Field("clientID", .nullable(.text), "Of a microsoftApplication: the application's ID"),
        Field(
            "username",
            .nullable(.text),
            "Of apiCredentials: user name, client ID, role ID or login"
        ),
        Field(
            "hosts",
            .list(.text),
            "The only servers the value is sent to; a microsoftApplication has its cloud's"
        ),
        Field("expiresOn", .nullable(.text), "The last day on which it is good: 2027-01-31"),
        Field(
            "version",
            .number(1...2_147_483_647),
            "Counts the saves; send it, or the ETag as If-Match, with a change"
        ),
        Field("valueVersion", .number(1...2_147_483_647), .answer, "Counts the values"),
        Field("createdAt", .time, .answer, "When it was made"),
        Field("createdBy", .text, .answer, "Who made it"),
        Field("updatedAt", .time, .answer, "When it was saved last"),
        Field("updatedBy", .text, .answer, "Who saved it last"),
        Field("lastUsedAt", .nullable(.time), .answer, "To the minute; null: never"),
        Field("uses", .list(.object("SecretUse")), .answer, "What uses it"),
    ])

    static let secretTest = FieldTable([
        Field(
            "host",
            .nullable(.text),
            .call,
            "A server: may the secret be sent there? Missing, null or empty: none is named"
        )
    ])

    static let secretUse = FieldTable([
        Field("owner", .choice(["profile", "provider"]), "What uses it"),
        Field("id", .id, "Names the profile or provider"),
        Field("name", .text, "Its name for people"),
        Field("field", .text, "Which of its fields"),
    ])

    static let secretVersion = FieldTable([
        Field("version", .number(1...2_147_483_647), "Of the value"),
        Field("setAt", .time, "When it was set"),
        Field("setBy", .text, "Who set it"),
    ])
}
