import Cryptography
import Observability

/// Why a certificate was not taken, changed or used, with the field of the form that it is about.
package struct CertificateRefusal: ExplainedError, Equatable {
    /// As on the form and in the JSON: `name`, `certificate`, `password`, `fileName`; for a use in a
    /// profile or provider its field.
    package let field: String
    /// Stable, for programs: `taken`, `used`, `expired`.
    package let reason: String
    package let userText: String

    package init(_ field: String, _ reason: String, _ userText: String) {
        self.field = field
        self.reason = reason
        self.userText = userText
    }

    package var code: String { "certificates.\(reason)" }
    package var operatorText: String { "\(code): \(field)" }

    /// The refusal of a file's content; its password has a field of its own.
    init(_ error: CertificateError) {
        let isPassword = error.kind == .wrongPassword || error.kind == .passwordRequired
        self.init(isPassword ? "password" : "certificate", error.kind.rawValue, error.userText)
    }

    static let changed = CertificateRefusal(
        "name",
        "changed",
        "Somebody changed this certificate after you opened the page. Look at it again first."
    )
    static let taken = CertificateRefusal(
        "name",
        "taken",
        "Choose another name; this one is taken."
    )
    static let badName = CertificateRefusal(
        "name",
        "invalid",
        "Enter a name of 1 to 64 characters, without control characters."
    )

    /// An authority that profiles or providers trust is not replaced.
    static func trusted(_ uses: [CertificateUse]) -> CertificateRefusal {
        let places = uses.map(\.name).joined(separator: ", ")
        return CertificateRefusal(
            "certificate",
            "used",
            "It is trusted by: \(places). Add the new one as a certificate of its own and choose it "
                + "there; the stored password is then asked for again."
        )
    }

    static func used(_ uses: [CertificateUse]) -> CertificateRefusal {
        let places = uses.map { "\($0.name) (\($0.role.title))" }.joined(separator: ", ")
        return CertificateRefusal(
            "name",
            "used",
            "It is used by: \(places.isEmpty ? "a profile or provider" : places). Choose another one there "
                + "first."
        )
    }
}
