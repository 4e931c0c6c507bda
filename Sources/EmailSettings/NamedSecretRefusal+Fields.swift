package import Secrets

extension NamedSecretRefusal {
    /// The errors as forms and the API say them.
    package var fieldErrors: [FieldError] {
        problems.map { FieldError($0.field, $0.reason, $0.message) }
    }
}
