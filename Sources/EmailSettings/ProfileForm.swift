package import Mail
import Observability
package import SMTP

/// The profile form as it was typed, so that it can be shown again.
package struct ProfileForm: Sendable, Equatable {
    package var name = ""
    package var description = ""
    package var fromAddress = ""
    package var fromName = ""
    package var host = ""
    package var port = ""
    package var timeoutSeconds = "30"
    package var tls = TLSMode.startTLS.rawValue
    package var verifyCertificate = true
    package var heloName = ""
    package var authentication = Authentication.none.rawValue
    package var allowPlaintextAuthentication = false

    package init() {}

    package init(_ profile: EmailProfile) {
        name = profile.name
        description = profile.description
        fromAddress = profile.fromAddress?.text ?? ""
        fromName = profile.fromName?.text ?? ""
        host = profile.host?.text ?? ""
        port = String(profile.port)
        timeoutSeconds = String(profile.timeoutSeconds)
        tls = profile.tls.rawValue
        verifyCertificate = profile.verifyCertificate
        heloName = profile.heloName?.text ?? ""
        authentication = profile.authentication.rawValue
        allowPlaintextAuthentication = profile.allowPlaintextAuthentication
    }

    /// The port that goes with the chosen TLS mode.
    package var defaultPort: UInt16 { (TLSMode(rawValue: tls) ?? .startTLS).defaultPort }
}

/// A profile form that holds together: every field is what it says.
package struct ProfileDraft: Sendable {
    package let name: String
    package let description: String
    package let fromAddress: Address?
    package let fromName: DisplayName?
    /// Nil: email is disabled for this profile.
    package let host: Host?
    package let port: UInt16
    package let timeoutSeconds: Int
    package let tls: TLSMode
    package let verifyCertificate: Bool
    package let heloName: HeloName?
    package let authentication: Authentication
    package let allowPlaintextAuthentication: Bool
}
