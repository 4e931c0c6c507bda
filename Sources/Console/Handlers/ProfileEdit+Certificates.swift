import EmailSettings
import Postgres
import Secrets

extension ProfileEdit {
    /// Switches signing and encryption off where a certificate cannot be used any more, and says so.
    mutating func clearUnusableCertificates() {
        let fields: [(ProfileField, ProfileField, String)] = [
            (.signEnabled, .signCertificate, "Signing"),
            (.encryptEnabled, .encryptCertificate, "Encryption"),
        ]
        for (enabled, field, what) in fields where form.flag(enabled) {
            guard let reason = unusable(field) else { continue }
            form.set(enabled, false)
            isUnsaved = true
            cleared.append("\(what) was switched off on this form, because \(reason)")
        }
    }

    /// Why what the field names cannot be used; nil when it can.
    private func unusable(_ field: ProfileField) -> String? {
        for entry in form[field].utf8.split(separator: 0x0A).map({ String(Substring($0)) }) {
            let choices = certificates[field] ?? []
            guard let choice = choices.first(where: { $0.id.description == entry }) else {
                return "its certificate is gone."
            }
            if let problem = choice.problem, problem.isFatal {
                return "the certificate “\(choice.name)” cannot be used: \(problem.text)"
            }
        }
        return nil
    }
}
