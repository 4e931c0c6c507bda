import EmailSettings
import SMTP
import SecretProviders
import Secrets

/// A provider as a program sends it.
struct ProviderInput {
    let form: ProviderForm
    /// What was sent, for the answer to a conflict.
    let shown: JSON

    /// A missing field has its initial value, null stands for none.
    ///
    /// Throws: `FormRejection` with every unknown name, wrong type, and field of another kind.
    init(_ json: JSON) throws(FormRejection) {
        var errors = InputObject.errors(of: json, .providerInput)
        let kind = json["kind"]?.text.flatMap(ProviderKind.init(rawValue:))
        guard let kind else {
            let isSaid = errors.contains { $0.field == "kind" }
            let wanted = ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")
            let missing = FieldError("kind", "choice", "Write kind as one of: \(wanted).")
            throw FormRejection(errors + (isSaid ? [] : [missing]))
        }
        let names = kind.configuration.map(\.name)
        for field in ProviderFields.all where !names.contains(field.name) {
            if let value = json[field.name], value != .null {
                errors.append(
                    FieldError(
                        field.name,
                        "notOfKind",
                        "Remove \(field.name): a provider of this kind has no such field."
                    )
                )
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        var values = kind.configuration.initial
        for name in names where json[name] != nil { values[name] = json[name]?.text ?? "" }
        form = ProviderForm(kind, name: json["name"]?.text ?? "", values: values)
        shown = json
    }
}

/// What names a secret in a provider, as a program sends it.
enum ReferenceInput {
    /// The fields as they would have been typed; a number may come as one.
    ///
    /// Throws: `FormRejection` with every unknown name and wrong type.
    static func typed(_ json: JSON?, _ kind: ProviderKind) throws(FormRejection) -> [String: String]
    {
        var typed: [String: String] = [:]
        var errors: [FieldError] = []
        for member in json?.members ?? [] {
            guard kind.reference.contains(where: { $0.name.utf8.elementsEqual(member.name.utf8) })
            else {
                errors.append(InputObject.unknown(member.name))
                continue
            }
            switch member.value {
            case .string(let text): typed[member.name] = text
            case .number(let number): typed[member.name] = String(number)
            case .null: break
            default: errors.append(InputObject.wrongType(member.name, "text"))
            }
        }
        guard errors.isEmpty else { throw FormRejection(errors) }
        for field in kind.reference where typed[field.name] == nil && !field.initial.isEmpty {
            typed[field.name] = field.initial
        }
        return typed
    }
}

/// The fields of all kinds of provider, each once.
enum ProviderFields {
    static let all: [ProviderField] = ProviderKind.allCases.flatMap(\.configuration)
        .reduce(into: []) { fields, field in
            if !fields.contains(where: { $0.name == field.name }) { fields.append(field) }
        }
}

extension FormRejection {
    init(_ refusal: ProviderRefusal) {
        self.init(refusal.problems.map { FieldError($0.field, $0.reason, $0.text) })
    }
}

extension FieldTable {
    /// A provider as answers have it: the fields of every kind, null where it has none.
    static let provider = FieldTable(
        [
            Field("id", .id, .answer, "Names it in addresses"),
            Field("name", .text, isRequired: true, "Its name for people"),
            Field(
                "kind",
                .choice(ProviderKind.allCases.map(\.rawValue)),
                isRequired: true,
                "What it is; it stays"
            ),
        ] + ProviderFields.all.map { Field($0.name, .nullable($0.jsonKind), $0.note) } + [
            Field(
                "lastCheck",
                .nullable(.object("ProviderStanding")),
                .answer,
                "How it fared last"
            ),
            Field("tokenExpiresAt", .nullable(.time), .answer, "When its token ends"),
            Field("entries", .list(.object("ProviderEntry")), .answer, "References with a name"),
            Field("uses", .list(.object("ProviderUse")), .answer, "Where it is used"),
            Field("version", .number(0...2_147_483_647), .answer, "Counts the saves"),
            Field("updatedAt", .time, .answer, "When it was saved last"),
            Field("updatedBy", .text, .answer, "Who saved it last"),
        ]
    )

    /// The same as calls may have it.
    static let providerInput = FieldTable(
        provider.fields.map { field in
            guard field.direction == .answer else { return field }
            return Field(field.name, .nullable(field.kind), .answer, field.note)
        }
    )

    static let entryInput = FieldTable([
        Field("id", .nullable(.id), .answer, "Changes nothing"),
        Field("name", .text, isRequired: true, "Its name for people"),
        Field("reference", .anything, isRequired: true, "The fields of the provider's kind"),
    ])

    static let referenceInput = FieldTable([
        Field(
            "reference",
            .nullable(.anything),
            .call,
            "The fields of the provider's kind; for the keys without one of its keys, for a test "
                + "it may be left out"
        )
    ])
}

extension ProviderField {
    fileprivate var jsonKind: FieldTable.Kind {
        switch kind {
        case .line, .number: .text
        case .choice(let values): .choice(values)
        case .authority, .ownCertificate, .secret: .id
        }
    }

    fileprivate var note: String { help.isEmpty ? label : "\(label). \(help)" }
}
