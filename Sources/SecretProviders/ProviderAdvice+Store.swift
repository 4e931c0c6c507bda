package import SMTP

/// Of the internal store, where `{provider}` is the secret's name.
extension ProviderAdvice {
    static let entriesOfStore = [storeRow, storeMasterKey, storeDataKey, storeValue, storeServer]

    package static let storeRow = AdviceEntry(
        .storeRow,
        who: .vaultAdministrator,
        cause: "The secret “{provider}” is in the database, and what stands beside its value "
            + "cannot be read: something other than Sendproof wrote there.",
        advice: "Have the operator of this installation restore the secret's row from a backup."
    )
    package static let storeMasterKey = AdviceEntry(
        .storeMasterKey,
        who: .vaultAdministrator,
        cause: "The key that opens the tenant's secrets is wrapped by the master key {reason}, "
            + "which the key file of this installation does not have.",
        advice: "Have the operator of this installation put the master key {reason} back into the "
            + "key file, from its backup, and start Sendproof again."
    )
    package static let storeDataKey = AdviceEntry(
        .storeDataKey,
        who: .vaultAdministrator,
        cause: "The key that opens the tenant's secrets does not open itself: {reason}.",
        advice: "Have the operator of this installation compare the key file with its backup, and "
            + "restore the tenant's row of data_keys. Without that key every secret of the tenant "
            + "has to be entered again."
    )
    package static let storeValue = AdviceEntry(
        .storeValue,
        field: "value",
        who: .administrator,
        cause: "The value of the secret “{provider}” does not open: it was altered in the "
            + "database, or sealed for other servers, or as another kind or version, than what "
            + "stands beside it.",
        advice: "Nothing uses it like this. Compare kind, servers and details with what you know, "
            + "tell the operator of this installation, and replace the value."
    )
    package static let storeServer = AdviceEntry(
        .storeServer,
        field: "host",
        who: .administrator,
        cause: "The secret “{provider}” opens, and may not be sent to {host}.",
        advice: "Name one of its servers, or have somebody who knows the value replace it with "
            + "this server among its own."
    )
}
