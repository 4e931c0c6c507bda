import SMTP

extension AdviceEntry {
    // MARK: - The application

    static let tokenRejected = AdviceEntry(
        .graphTokenRejected,
        field: "applicationSecret",
        cause: "Microsoft gave the application a token and then did not take it: {reason}.",
        advice: "Check that the clock of this server is right, and that the application was not "
            + "disabled or its secrets revoked a moment ago. Then try again."
    )
    static let wrongCloud = AdviceEntry(
        .graphWrongCloud,
        field: "applicationSecret",
        who: .administrator,
        cause: "The application's directory belongs to another cloud of Microsoft's than {cloud}: "
            + "{reason}.",
        advice: "Choose the directory's cloud in the application secret."
    )
    static let applicationDisabled = AdviceEntry(
        .graphApplicationDisabled,
        field: "applicationSecret",
        cause: "The application {client} is switched off in the directory: {reason}.",
        advice: "In Entra, under Enterprise applications, Properties, set Enabled for users to "
            + "sign in to Yes."
    )
    static let conditionalAccess = AdviceEntry(
        .graphConditionalAccess,
        field: nil,
        cause: "A conditional access policy for workload identities keeps the application out: "
            + "{reason}.",
        advice: "Add the public address of this server to the trusted locations, or exempt the "
            + "application {client} from the policy."
    )

    /// Access is denied, which has one of two reasons.
    static func denied(hasPermission: Bool) -> AdviceEntry {
        hasPermission ? mailboxForbidden : permissionMissing
    }

    private static let permissionMissing = AdviceEntry(
        .graphPermissionMissing,
        field: "applicationSecret",
        cause: "The application {client} may not send mail: its token does not have the "
            + "permission Mail.Send ({reason}).",
        advice: "In Entra, under App registrations, API permissions, add Microsoft Graph, "
            + "Application permissions, Mail.Send (not the delegated one), and grant admin "
            + "consent. A token that is still good keeps the old permissions for up to an hour."
    )
    private static let mailboxForbidden = AdviceEntry(
        .graphMailboxForbidden,
        field: "fromAddress",
        cause: "The application {client} has the permission Mail.Send, and still may not send "
            + "from {mailbox}: {reason}.",
        advice: "Include the mailbox in the application's scope: in Exchange Online, RBAC for "
            + "Applications or an application access policy limits the mailboxes. A change takes "
            + "30 minutes to 2 hours to be in force. Check too that it is the mailbox's primary "
            + "address."
    )
    static let policyBlocked = AdviceEntry(
        .graphPolicyBlocked,
        field: "fromAddress",
        cause: "An application access policy of Exchange Online keeps the application {client} "
            + "away from {mailbox}: {reason}.",
        advice: "Add the mailbox to the policy's group, and check with "
            + "Test-ApplicationAccessPolicy -Identity {mailbox} -AppId {client}. A change takes 30 "
            + "minutes to 2 hours to be in force."
    )

    // MARK: - The mailbox

    static let mailboxUnknown = AdviceEntry(
        .graphMailboxUnknown,
        field: "fromAddress",
        who: .administrator,
        cause: "There is no mailbox {mailbox} in the directory: {reason}.",
        advice: "Use the primary address of a mailbox, or its user principal name; an alias, a "
            + "group and a contact have none of their own."
    )
    static let mailboxUnavailable = AdviceEntry(
        .graphMailboxUnavailable,
        field: "fromAddress",
        cause: "The mailbox {mailbox} cannot be used through Microsoft Graph: {reason}.",
        advice: "The mailbox must be in Exchange Online, licensed and active. One that is still "
            + "on an Exchange server of your own, was made a moment ago or was deleted is not."
    )
    static let sendAsDenied = AdviceEntry(
        .graphSendAsDenied,
        field: "fromAddress",
        who: .mailAdministrator,
        cause: "The mailbox {mailbox} may not send as {from}: {reason}.",
        advice: "Use the mailbox's own address as From address, or give it the right Send as (or "
            + "Send on behalf) for the other one in the Exchange admin center."
    )
    static let senderBlocked = AdviceEntry(
        .graphSenderBlocked,
        field: "fromAddress",
        who: .mailAdministrator,
        cause: "Microsoft has blocked the mailbox {mailbox} from sending: {reason}.",
        advice: "Look into the mailbox's Inbox for a message of Microsoft's, and under Restricted "
            + "entities in the Microsoft Defender portal, and find out what it sent."
    )
    static let quotaExceeded = AdviceEntry(
        .graphQuotaExceeded,
        field: "saveToSentItems",
        who: .mailAdministrator,
        cause: "The mailbox {mailbox} is full: {reason}.",
        advice: "Empty its Sent Items, into which a copy of each message goes, or switch Save to "
            + "Sent Items off, or give it an archive."
    )
    static let sendingLimit = AdviceEntry(
        .graphSendingLimit,
        field: nil,
        who: .mailAdministrator,
        temporary: true,
        cause: "The mailbox {mailbox} has reached a limit for sending: {reason}.",
        advice: "Exchange Online takes 30 messages a minute and 10,000 recipients a day from a "
            + "mailbox. Wait, or spread the mail over several mailboxes."
    )

    // MARK: - The message

    static let recipientInvalid = AdviceEntry(
        .graphRecipientInvalid,
        field: "recipient",
        who: .administrator,
        cause: "Microsoft does not accept a recipient of the message: {reason}.",
        advice: "Correct the address."
    )
    /// Also known before anything is sent.
    static let tooLarge = AdviceEntry(
        .graphSizeExceeded,
        field: nil,
        who: .administrator,
        cause: "The message is too large for Microsoft Graph: {reason}.",
        advice: "A request has at most 4 MB, in which base64 takes a third: that is a message of "
            + "about 3 MB. Send less, or through SMTP."
    )
    static let messageInvalid = AdviceEntry(
        .graphMessageInvalid,
        field: nil,
        who: .administrator,
        cause: "Microsoft Graph does not understand the message: {reason}.",
        advice: "Remove own headers one after the other to find the one that it does not take. "
            + "With the trace, this is a fault to report to the makers of Sendproof."
    )

    // MARK: - What Graph says

    /// By the error's code in lower case, the innermost first; codes of Graph and of Exchange.
    static let byCode: [String: AdviceEntry] = [
        "invalidauthenticationtoken": tokenRejected, "unauthenticated": tokenRejected,
        "authentication_expiredtoken": tokenRejected, "tokennotfound": tokenRejected,
        "erroroutdatedtoken": tokenRejected,
        "insufficient_claims": conditionalAccess,
        "nopermissionsinaccesstoken": denied(hasPermission: false),
        "erroruserapplicationpermissiondenied": denied(hasPermission: false),
        "erroraccountdisabled": mailboxUnavailable,
        "mailboxnotenabledforrestapi": mailboxUnavailable,
        "mailboxnotsupportedforrestapi": mailboxUnavailable, "extensionerror": mailboxUnavailable,
        "errormailboxhold": mailboxUnavailable,
        "errorinvaliduser": mailboxUnknown, "request_resourcenotfound": mailboxUnknown,
        "resourcenotfound": mailboxUnknown, "errornonexistentmailbox": mailboxUnknown,
        "erroruserprincipalnamenotfound": mailboxUnknown, "itemnotfound": mailboxUnknown,
        "errorinvaliduserprincipalname": mailboxUnknown, "errormissingemailaddress": mailboxUnknown,
        "errorsendasdenied": sendAsDenied, "errorcannotsendonbehalf": sendAsDenied,
        "errormessagesubmissionblocked": senderBlocked,
        "errorquotaexceeded": quotaExceeded, "quotalimitreached": quotaExceeded,
        "errorexceededmessagelimit": sendingLimit, "errorsubmissionquotaexceeded": sendingLimit,
        "errorinvalidrecipients": recipientInvalid, "errormissingrecipients": recipientInvalid,
        "errortoomanyrecipients": recipientInvalid,
        "errormessagesizeexceeded": tooLarge, "errorattachmentsizelimitexceeded": tooLarge,
        "requestentitytoolarge": tooLarge, "maxfilesizeexceeded": tooLarge,
        "errormimecontentinvalidbase64string": messageInvalid,
        "errormimecontentinvalid": messageInvalid,
        "errormimecontentconversionfailed": messageInvalid,
        "invalidinternetmessageheader": messageInvalid,
        "invalidinternetmessageheadercollection": messageInvalid,
        "requestbodyread": messageInvalid, "unabletodeserializepostbody": messageInvalid,
        "errorinvalidrequest": messageInvalid, "errorinvalidproperty": messageInvalid,
        "errorpropertyvalidationfailure": messageInvalid, "errorinvalidargument": messageInvalid,
        "applicationthrottled": throttled, "toomanyrequests": throttled,
        "activitylimitreached": throttled, "throttledrequest": throttled,
        "errorserverbusy": unavailable, "servicenotavailable": unavailable,
        "serviceunavailable": unavailable, "errormailboxstoreunavailable": unavailable,
        "errormailboxmoveinprogress": unavailable, "mailboxinfostale": unavailable,
    ]

    /// By words of the message, in lower case, where the code alone says too little.
    static let byWords: [(words: String, advice: AdviceEntry)] = [
        ("access to odata is disabled", policyBlocked),
        ("blocked by tenant configured apponly accesspolicy", policyBlocked),
        ("invalid audience", wrongCloud),
        ("locationconditionevaluation", conditionalAccess),
        ("maximum request length", tooLarge),
    ]
}
