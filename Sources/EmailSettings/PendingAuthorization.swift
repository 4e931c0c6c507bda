import OAuth
import Observability
import Outbound

/// An authorization that its person comes back from.
package struct PendingAuthorization: Sendable {
    package let form: DraftForm
    let verifier: Redacted<[UInt8]>
    /// Where the person was sent.
    let authorizationURL: String
    let tokenURL: String
    let clientID: String
    /// Where the code was sent to.
    let redirectURL: String
    /// Skips the page that says that it worked.
    package let hidesResponse: Bool

    /// The authorization server's host, for people.
    package var place: String { HTTPSURL(tokenURL)?.place ?? tokenURL }

    /// Refuses an answer that says that another server gave it (RFC 9207); `issuer` is empty when
    /// the answer says nothing.
    ///
    /// Throws: `AuthorizationError.otherIssuer`.
    package func check(issuer: String) throws(AuthorizationError) {
        guard !issuer.isEmpty else { return }
        guard let asked = HTTPSURL(authorizationURL), Issuer.isPlausible(issuer, of: asked) else {
            throw .otherIssuer
        }
    }

    init(
        form: DraftForm,
        verifier: Redacted<[UInt8]>,
        authorizationURL: String,
        tokenURL: String,
        clientID: String,
        redirectURL: String,
        hidesResponse: Bool
    ) {
        self.form = form
        self.verifier = verifier
        self.authorizationURL = authorizationURL
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.redirectURL = redirectURL
        self.hidesResponse = hidesResponse
    }

    init?(form: DraftForm, bytes: [UInt8]) {
        var reader = FieldReader(bytes)
        guard let verifier = reader.bytes(), let authorizationURL = reader.text(),
            let tokenURL = reader.text(), let clientID = reader.text(),
            let redirectURL = reader.text(), let hides = reader.text()
        else { return nil }
        self.init(
            form: form,
            verifier: Redacted(verifier),
            authorizationURL: authorizationURL,
            tokenURL: tokenURL,
            clientID: clientID,
            redirectURL: redirectURL,
            hidesResponse: hides == "1"
        )
    }

    /// To be sealed at once.
    var bytes: Redacted<[UInt8]> {
        var writer = FieldWriter()
        verifier.reveal { writer.append(bytes: $0) }
        writer.append(authorizationURL)
        writer.append(tokenURL)
        writer.append(clientID)
        writer.append(redirectURL)
        writer.append(hidesResponse ? "1" : "0")
        return Redacted(writer.bytes)
    }
}

/// Why an authorization does not come to its end; the authorization server's own reasons are
/// `OAuthFailure`.
package enum AuthorizationError: ExplainedError, Equatable {
    /// Never begun, used before, or begun by another person or for another tenant.
    case unknown
    case expired
    /// The form that it was for is gone.
    case formGone
    /// The form says another server or client now.
    case formChanged
    /// The server gave an access token only.
    case noRefreshToken
    /// The answer says that it is from another server than the one that was asked.
    case otherIssuer

    package var code: String {
        switch self {
        case .unknown: "authorization.unknown"
        case .expired: "authorization.expired"
        case .formGone: "authorization.formGone"
        case .formChanged: "authorization.formChanged"
        case .noRefreshToken: "authorization.noRefreshToken"
        case .otherIssuer: "authorization.otherIssuer"
        }
    }

    package var userText: String {
        switch self {
        case .unknown:
            "This authorization was used already, or was not begun here by you."
        case .expired: "The authorization took longer than ten minutes."
        case .formGone: "The form that the authorization was for is no longer kept."
        case .formChanged:
            "Token URL or client ID were changed on the form after the authorization was begun."
        case .noRefreshToken:
            "The authorization server gave no refresh token, so that the authorization would end "
                + "within the hour. Microsoft gives one when the scope has offline_access."
        case .otherIssuer:
            "The answer came from another authorization server than the one of the authorization "
                + "URL, so that nothing was sent to the token URL. Check that the authorization "
                + "URL is your own server's, and that it is its latest address."
        }
    }

    package var operatorText: String { code }
}
