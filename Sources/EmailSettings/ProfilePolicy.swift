import SMTP

/// What this installation asks of every profile.
package struct ProfilePolicy: Sendable {
    /// Refuses unencrypted connections to relays: the modes `none` and `automatic`.
    package let requiresTLS: Bool
    /// A profile can only be activated after a test send of exactly its values was accepted.
    package let activationNeedsTest: Bool

    package init(requiresTLS: Bool = false, activationNeedsTest: Bool = false) {
        self.requiresTLS = requiresTLS
        self.activationNeedsTest = activationNeedsTest
    }

    /// Throws: `FormRejection` for what this installation does not allow.
    package func check(_ draft: ProfileDraft) throws(FormRejection) {
        guard requiresTLS, draft.method == .smtp, draft.host != nil,
            draft.tls == .none || draft.tls == .automatic
        else {
            return
        }
        throw FormRejection([
            FieldError(
                "tls",
                "policy",
                "Choose implicit TLS or STARTTLS: this installation requires TLS for SMTP."
            )
        ])
    }
}
