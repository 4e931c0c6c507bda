import MicrosoftGraph
package import Postgres

/// The tab "Office 365".
package struct OfficeSettings: Sendable {
    /// A Microsoft application among the named secrets; nil: email is disabled.
    package let applicationSecret: UUID?
    package let saveToSentItems: Bool

    init(_ reading: inout FormReading) {
        applicationSecret = reading.read(.applicationSecret) { text throws(FieldError) in
            if text.isEmpty { return nil }
            guard let id = UUID(text) else {
                throw FieldError(
                    "applicationSecret",
                    "missing",
                    "Choose one of the Microsoft applications among the secrets."
                )
            }
            return id
        }
        saveToSentItems = reading.flag(.saveToSentItems)
    }

    func write(to form: inout ProfileForm) {
        form[.applicationSecret] = applicationSecret?.description ?? ""
        form.set(.saveToSentItems, saveToSentItems)
    }

    /// What Microsoft Graph could carry only in a message of our own.
    static func check(_ smime: SMIMESettings, _ reading: inout FormReading) {
        let keep =
            "Switch on Save to Sent Items, or this off: without a copy, Microsoft Graph "
            + "takes the message only in its own form"
        if smime.signEnabled {
            reading.fail(.signEnabled, "unsupported", "\(keep), which is not signed.")
        }
        if smime.encryptEnabled {
            reading.fail(.encryptEnabled, "unsupported", "\(keep), which is not encrypted.")
        }
        let lines = reading.form.entries(.headers)
        if lines.count > GraphForm.mostHeaders {
            reading.fail(
                .headers,
                "tooMany",
                "Switch on Save to Sent Items, or shorten the list: without a copy, Microsoft "
                    + "Graph takes \(GraphForm.mostHeaders) headers."
            )
        }
        let other = lines.map { ProfileForm.header($0).name }.filter {
            !$0.lowercased().hasPrefix("x-")
        }
        if let name = other.first {
            reading.fail(
                .headers,
                "unsupported",
                "Switch on Save to Sent Items, or remove \(name): without a copy, Microsoft Graph "
                    + "takes only headers whose names begin with X-."
            )
        }
    }
}
