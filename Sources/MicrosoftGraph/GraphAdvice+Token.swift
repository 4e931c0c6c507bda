import OAuth
import SMTP

extension AdviceEntry {
    /// Why there is no token, in the words of the page for Office 365.
    ///
    /// The codes are those of any access token; OAuth's own sentences speak of fields that are not
    /// on that page, and of permissions for SMTP.
    static func token(_ failure: OAuthFailure) -> AdviceEntry? {
        let words = Array(failure.words.utf8)
        // Microsoft's numbers that mean something here only.
        let marks: [(String, AdviceEntry)] = [
            ("AADSTS90038", wrongCloud), ("AADSTS900382", wrongCloud),
            ("AADSTS7000112", applicationDisabled), ("AADSTS53003", conditionalAccess),
        ]
        if let known = marks.first(where: { words.firstRange(of: $0.0.utf8) != nil }) {
            return known.1
        }
        return byToken.first { $0.code == failure.verdictCode }
    }

    /// For the codes that deserve words of their own.
    static let byToken = [
        AdviceEntry(
            .oauthInvalidClient,
            field: "applicationSecret",
            who: .administrator,
            cause: "Microsoft does not accept the client secret of the application {client}: "
                + "{reason}.",
            advice: "Replace the client secret. It is the column Value, not the Secret ID, and is "
                + "shown only once, when it is made, under Certificates & secrets of the "
                + "application's registration."
        ),
        AdviceEntry(
            .oauthSecretExpired,
            field: "applicationSecret",
            cause: "The client secret of the application {client} has expired: {reason}.",
            advice: "Make a new client secret under Certificates & secrets of the application's "
                + "registration, enter its Value here, and note the day on which it expires."
        ),
        AdviceEntry(
            .oauthClientUnknown,
            field: "applicationSecret",
            who: .administrator,
            cause: "There is no application {client} in the directory {tenant}: {reason}.",
            advice: "Compare the application (client) ID and the directory (tenant) ID with the "
                + "overview of the application's registration."
        ),
        AdviceEntry(
            .oauthTenantUnknown,
            field: "applicationSecret",
            who: .administrator,
            cause: "There is no directory {tenant} at {login}: {reason}.",
            advice: "Correct the directory (tenant) ID, or choose the cloud that the directory "
                + "belongs to."
        ),
        AdviceEntry(
            .oauthInvalidScope,
            field: "applicationSecret",
            who: .administrator,
            cause: "The directory {tenant} knows no Microsoft Graph at {scope}: {reason}.",
            advice: "Choose the cloud that the directory belongs to in the application secret."
        ),
        AdviceEntry(
            .oauthConsentRequired,
            field: "applicationSecret",
            cause: "Nobody has agreed yet that the application {client} may send mail: {reason}.",
            advice: "In Entra, under App registrations, API permissions, add Microsoft Graph, "
                + "Application permissions, Mail.Send, and grant admin consent."
        ),
        AdviceEntry(
            .oauthUnauthorizedClient,
            field: "applicationSecret",
            who: .administrator,
            cause: "The application {client} may not ask for a token with a client secret: "
                + "{reason}.",
            advice: "Compare the client ID with the application's registration, which must be a "
                + "confidential client with a client secret."
        ),
        AdviceEntry(
            .oauthUnreachable,
            field: nil,
            who: .network,
            temporary: true,
            cause: "Microsoft's token endpoint could not be reached. {reason}",
            advice: "Let this server connect to {login} over HTTPS (port 443), through the "
                + "firewall or proxy if there is one."
        ),
        AdviceEntry(
            .oauthTLS,
            field: nil,
            who: .network,
            cause: "The connection to Microsoft's token endpoint is not safe, so no secret was "
                + "sent. {reason}",
            advice: "Something on the way seems to replace certificates: have it leave {login} "
                + "alone."
        ),
        AdviceEntry(
            .oauthResponse,
            field: nil,
            who: .administrator,
            cause: "What {login} answered is no answer of a token endpoint: {reason}.",
            advice: "Check the directory (tenant) ID, and look for a proxy on the way that answers "
                + "with a page of its own."
        ),
        AdviceEntry(
            .egressForbidden,
            field: nil,
            who: .administrator,
            cause: "Microsoft's token endpoint may not be connected to. {reason}",
            advice: "Have the network's rules of this installation allow {login}."
        ),
        AdviceEntry(
            .oauthRefused,
            field: "applicationSecret",
            who: .administrator,
            cause: "Microsoft refused to give the application {client} a token: {reason}.",
            advice: "Look the number AADSTS… up in Microsoft's documentation, and compare the "
                + "application secret with the application's registration."
        ),
    ]
}
