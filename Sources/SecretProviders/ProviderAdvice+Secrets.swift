import SMTP

extension ProviderAdvice {
    static let entriesOfSecrets = [
        authentication, clientSecretRefused, clientSecretExpired, permission, firewall, doubleLock,
        notFound, hidden, mountUnknown, versionDeleted, keyMissing, noText, busy, checkOutRequired,
        commentRequired, approvalRequired, disabled, expired,
    ]

    // MARK: - Who asks

    static let authentication = AdviceEntry(
        .providerAuthentication,
        field: "credentials",
        who: .vaultAdministrator,
        cause: "The provider {provider} does not accept what we sign in with: {reason}.",
        advice: "Compare the named secret that the provider signs in with to the vault: it may "
            + "have expired, been revoked, or belong to another vault."
    )
    static let clientSecretRefused = AdviceEntry(
        .providerAuthentication,
        field: "credentials",
        who: .entraAdministrator,
        cause: "The provider {provider} cannot be signed in to. {reason}.",
        advice: "Compare tenant ID, client ID and client secret of the named secret with the "
            + "registration of the application. The client secret is the column Value, not the "
            + "Secret ID."
    )
    static let clientSecretExpired = AdviceEntry(
        .providerAuthentication,
        field: "credentials",
        who: .entraAdministrator,
        cause: "The provider {provider} cannot be signed in to. {reason}.",
        advice: "Make a new client secret in the registration of the application, and replace the "
            + "named secret by its Value."
    )
    static let permission = AdviceEntry(
        .providerPermission,
        who: .vaultAdministrator,
        cause: "The provider {provider} does not let us read this secret: {reason}.",
        advice: "Have whoever runs the vault allow this installation to read exactly this secret."
    )
    static let firewall = AdviceEntry(
        .providerPermission,
        who: .network,
        cause: "The firewall of the provider {provider} does not let this server in: {reason}.",
        advice: "Have this server's address, or its network, allowed in the vault's networking "
            + "settings."
    )
    static let doubleLock = AdviceEntry(
        .providerPermission,
        who: .vaultAdministrator,
        cause: "The secret in the provider {provider} is under DoubleLock, which only a person can "
            + "open: {reason}.",
        advice: "Use a secret without DoubleLock."
    )

    // MARK: - What is asked for

    static let notFound = AdviceEntry(
        .providerNotFound,
        who: .administrator,
        cause: "The provider {provider} has no such secret: {reason}.",
        advice: "Compare what names the secret with the vault, letter by letter. Some vaults also "
            + "say so of secrets that we may not see."
    )
    static let hidden = AdviceEntry(
        .providerNotFound,
        who: .administrator,
        cause: "The provider {provider} has no such secret, or hides it from the user that we sign "
            + "in as; it answers both alike: {reason}.",
        advice: "Check the number of the secret. If it is right, have the user allowed to view it."
    )
    static let mountUnknown = AdviceEntry(
        .providerNotFound,
        field: "mount",
        who: .administrator,
        cause: "The provider {provider} has no secrets engine where it is looked for: {reason}.",
        advice: "Correct the mount, or the namespace, in the provider's settings."
    )
    static let versionDeleted = AdviceEntry(
        .providerVersionDeleted,
        field: "version",
        who: .vaultAdministrator,
        cause: "The secret is there in the provider {provider}, but not this version: {reason}.",
        advice: "Have the version restored (undelete), or a new one written; or choose another "
            + "version. A destroyed version does not come back."
    )
    static let keyMissing = AdviceEntry(
        .providerKeyMissing,
        field: "key",
        who: .administrator,
        cause: "The secret in the provider {provider} has no such key: {reason}.",
        advice: "Correct the key or field; upper and lower case count."
    )
    static let noText = AdviceEntry(
        .providerKeyMissing,
        field: "key",
        who: .administrator,
        cause: "What the provider {provider} keeps there cannot be a user name or a password: "
            + "{reason}.",
        advice: "Choose another key or field, or have a text written there."
    )
    static let busy = AdviceEntry(
        .providerBusy,
        who: .vaultAdministrator,
        temporary: true,
        cause: "The password is being changed in the provider {provider} at the moment: {reason}.",
        advice: "Try again in a minute. If it lasts, the change hangs; have whoever runs the vault "
            + "look at it."
    )
    static let checkOutRequired = AdviceEntry(
        .providerCheckOutRequired,
        who: .vaultAdministrator,
        cause: "The secret in the provider {provider} must be checked out before it can be read: "
            + "{reason}.",
        advice: "Mail goes out without a person beside it. Have check-out switched off for this "
            + "secret, or use a secret without it."
    )
    static let commentRequired = AdviceEntry(
        .providerCommentRequired,
        who: .vaultAdministrator,
        cause: "The provider {provider} wants a comment from whoever reads the secret: {reason}.",
        advice: "Have the required comment switched off for this secret, or use a secret without "
            + "it."
    )
    static let approvalRequired = AdviceEntry(
        .providerApprovalRequired,
        who: .vaultAdministrator,
        cause: "The provider {provider} wants each access to the secret approved: {reason}.",
        advice: "Have the user of this installation exempted from approval, or use a secret "
            + "without it."
    )
    static let disabled = AdviceEntry(
        .providerDisabled,
        who: .vaultAdministrator,
        cause: "The secret is switched off in the provider {provider}: {reason}.",
        advice: "Have it switched on again in the vault, or choose another secret."
    )
    static let expired = AdviceEntry(
        .providerExpired,
        who: .vaultAdministrator,
        cause: "The secret in the provider {provider} is not valid at this time: {reason}.",
        advice: "Have a new version with new dates written in the vault."
    )
}
