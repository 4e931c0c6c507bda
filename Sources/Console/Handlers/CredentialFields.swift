import EmailSettings
import HTTP
import Observability
import Secrets

/// What a form says about the credentials, with what was typed.
struct CredentialFields: Sendable {
    private(set) var changes = CredentialChanges()
    private(set) var errors: [FieldError] = []
    private var typed: [CredentialField: Typed] = [:]

    private struct Typed: Sendable {
        let action: String
        /// Shown again for a username; of what is hidden, nothing.
        let shown: String
        let isMissing: Bool
        let advice: String?
    }

    init() {}

    init(_ sent: FormBody) {
        for field in CredentialField.allCases { read(field, sent) }
    }

    private mutating func read(_ field: CredentialField, _ sent: FormBody) {
        let name = field.rawValue
        guard field.isTyped else {
            let action = sent["\(name)Action"] == "remove" ? "remove" : "keep"
            typed[field] = Typed(action: action, shown: "", isMissing: false, advice: nil)
            return action == "remove" ? remove(field) : ()
        }
        let value = sent["\(name)Value"] ?? sent[name] ?? ""
        let action = Self.action(sent["\(name)Action"], value: value)
        typed[field] = Typed(
            action: action,
            shown: field.isHidden ? "" : value,
            isMissing: sent["\(name)Action"] == "replace" && value.isEmpty,
            advice: field.isHidden && action == "replace" ? PasswordAdvice.warning(value.utf8) : nil
        )
        switch action {
        case "remove": changes[field] = .remove
        case "replace": changes[field] = .replace(.init(Array(value.utf8)))
        default: break
        }
        if field.isHidden, action == "replace", let confirm = sent["\(name)Confirm"],
            !confirm.utf8.elementsEqual(value.utf8)
        {
            errors.append(
                FieldError("\(name)Confirm", "differs", "Enter the \(field.noun) twice, the same.")
            )
        }
        if value.utf8.count > 1000 || value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            errors.append(
                FieldError(
                    name,
                    "form",
                    "Enter a \(field.noun) of at most 1000 bytes, without control characters."
                )
            )
        }
    }

    /// Takes it away, whatever was chosen.
    mutating func remove(_ field: CredentialField) {
        changes[field] = .remove
    }

    /// Without a choice, a value that was typed replaces and an empty one keeps.
    private static func action(_ sent: String?, value: String) -> String {
        switch sent {
        case "remove": "remove"
        case "keep": "keep"
        default: value.isEmpty ? "keep" : "replace"
        }
    }

    func action(_ field: CredentialField) -> String { typed[field]?.action ?? "" }
    func shown(_ field: CredentialField) -> String { typed[field]?.shown ?? "" }
    func advice(_ field: CredentialField) -> String? { typed[field]?.advice }

    /// To replace one that is there, another must be typed.
    func missing(_ isThere: (CredentialField) -> Bool) -> [FieldError] {
        CredentialField.allCases.filter { typed[$0]?.isMissing == true && isThere($0) }.map {
            FieldError(
                $0.rawValue,
                "required",
                "Enter the new \($0.noun), or choose to keep the one that is set."
            )
        }
    }
}
