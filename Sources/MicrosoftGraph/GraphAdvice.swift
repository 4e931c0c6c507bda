package import SMTP

/// What to tell about each way in which Microsoft does not take a message; `{reason}` and other
/// values are filled in.
package enum GraphAdvice {
    /// All of them that are about Graph, for the test that compares them with the documentation.
    package static let all: [AdviceEntry] =
        [
            .settings, .unreachable, .secured, .response, .conditionalAccess, .wrongCloud,
            .applicationDisabled, .tokenRejected, .tooLarge, .busy, .throttled, .unavailable,
            .refused, .unanswered, .gaveUp, .unexpected, .quotaExceeded,
            .denied(hasPermission: true), .denied(hasPermission: false),
        ] + Array(AdviceEntry.byCode.values) + AdviceEntry.byWords.map(\.advice)
}

extension AdviceEntry {
    /// Most of it is for the administrator of the directory to mend.
    init(
        _ code: VerdictCode,
        field: String?,
        temporary: Bool = false,
        cause: String,
        advice: String
    ) {
        self.init(
            code,
            field: field,
            who: .entraAdministrator,
            temporary: temporary,
            cause: cause,
            advice: advice
        )
    }

    // MARK: - The way

    static let settings = AdviceEntry(
        .graphSettings,
        field: "applicationSecret",
        who: .administrator,
        cause: "Microsoft cannot be asked: {reason}.",
        advice: "Complete the application secret: directory (tenant) ID, application (client) ID "
            + "and client secret."
    )
    static let proxy = AdviceEntry(
        .proxySettings,
        field: "autoDetect",
        who: .administrator,
        cause: "The way to Microsoft is not clear: {reason}.",
        advice: "Correct the environment of this server, or set the proxy on the Firewall tab."
    )
    static let unreachable = AdviceEntry(
        .graphUnreachable,
        field: nil,
        who: .network,
        temporary: true,
        cause: "Microsoft Graph could not be reached, and nothing was sent. {reason}",
        advice: "Let this server connect to {host} over HTTPS (port 443), through the firewall or "
            + "proxy if there is one."
    )
    static let secured = AdviceEntry(
        .graphTLS,
        field: nil,
        who: .network,
        cause: "The connection to Microsoft Graph is not safe, so nothing was sent. {reason}",
        advice: "Something on the way seems to replace certificates: have it leave {host} alone."
    )
    static let forbidden = AdviceEntry(
        .egressForbidden,
        field: nil,
        who: .administrator,
        cause: "Microsoft Graph may not be connected to. {reason}",
        advice: "Have the network's rules of this installation allow {host}."
    )
    static let response = AdviceEntry(
        .graphResponse,
        field: nil,
        who: .network,
        cause: "What answered in the place of {host} is not Microsoft Graph: {reason}.",
        advice: "Look for a proxy or a firewall on the way that answers with a page of its own."
    )

    // MARK: - Throttling and faults

    static let throttled = AdviceEntry(
        .graphThrottled,
        field: nil,
        who: .administrator,
        temporary: true,
        cause: "Microsoft takes no more requests of this application for the moment: {reason}. "
            + "The message was not accepted.",
        advice: "Try again {when}. Four requests at a time and 10,000 in ten minutes are allowed, "
            + "those of other programs with the same client ID included."
    )
    static let busy = AdviceEntry(
        .graphBusy,
        field: nil,
        who: .administrator,
        temporary: true,
        cause: "Microsoft takes four requests of an application at a time, and the others of "
            + "{client} did not end in time. Nothing was sent.",
        advice: "Try again in a minute. An application of its own for each profile shares nothing."
    )
    static let unavailable = AdviceEntry(
        .graphUnavailable,
        field: nil,
        who: .network,
        temporary: true,
        cause: "Microsoft cannot take messages for the moment: {reason}. The message was not "
            + "accepted.",
        advice: "Try again {when}. If it lasts, look at the service health in the Microsoft 365 "
            + "admin center."
    )

    // MARK: - Nobody knows

    /// The connection ended before an answer.
    static let unanswered = AdviceEntry(
        .graphOutcomeUnknown,
        field: nil,
        who: .administrator,
        cause: "The message was sent to Microsoft, and no answer came. {reason} It may have been "
            + "accepted, so it is not sent again.",
        advice: "\(lookFirst)"
    )
    /// An answer that leaves it open.
    static let gaveUp = AdviceEntry(
        .graphOutcomeUnknown,
        field: nil,
        who: .administrator,
        cause: "Microsoft had a fault of its own while it took the message: {reason}. Messages "
            + "have been delivered after such an answer, so it is not sent again.",
        advice: "\(lookFirst)"
    )
    /// A success that is not the one of the contract.
    static let unexpected = AdviceEntry(
        .graphOutcomeUnknown,
        field: nil,
        who: .administrator,
        cause: "Microsoft answered with the status {status} instead of 202. It has done so for "
            + "messages of more than 2 MB that it then dropped.",
        advice: "\(lookFirst)"
    )
    private static let lookFirst =
        "See whether it arrived, or lies in the sender's Sent Items, before you send it again. "
        + "Microsoft's support finds it by the request ID."

    static let refused = AdviceEntry(
        .graphRefused,
        field: nil,
        who: .administrator,
        cause: "Microsoft Graph refused the message: {reason}.",
        advice: "Look the code up in Microsoft's documentation, and give the request ID to "
            + "Microsoft's support."
    )
}
