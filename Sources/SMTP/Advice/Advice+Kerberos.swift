/// What Kerberos says before the relay has a ticket to judge.
extension Advice {
    static let clockSkew = AdviceEntry(
        .kerberosClockSkew,
        who: .administrator,
        cause: "The clocks of this server and of the Kerberos server differ by more than is "
            + "allowed, usually five minutes{detail}.",
        advice: "Ask the operator to set this server's clock by NTP, and test again."
    )

    static let principalUnknown = AdviceEntry(
        .kerberosPrincipalUnknown,
        field: "username",
        who: .administrator,
        cause: "The Kerberos server does not know this user name.",
        advice: "Enter the user name as user@REALM, with the realm in capitals, and check its "
            + "spelling."
    )

    static let kerberosPasswordWrong = AdviceEntry(
        .kerberosPasswordWrong,
        field: "password",
        who: .administrator,
        cause: "The Kerberos server did not accept the password. The relay was not asked.",
        advice: "Enter the password again. After several wrong ones the account may be locked."
    )

    static let kerberosPasswordExpired = AdviceEntry(
        .kerberosPasswordExpired,
        field: "password",
        who: .administrator,
        cause: "The Kerberos server says that the password has expired.",
        advice: "Change the password of the account, and enter the new one."
    )

    static let kerberosAccountLocked = AdviceEntry(
        .kerberosAccountLocked,
        field: "username",
        who: .administrator,
        cause: "The Kerberos server has locked or disabled this account.",
        advice: "Ask who runs the directory to unlock the account."
    )

    static let kdcUnreachable = AdviceEntry(
        .kerberosUnreachable,
        who: .network,
        temporary: true,
        cause: "No Kerberos server (KDC) of the realm answered in time.",
        advice: "Check that this server reaches the KDC on port 88, UDP and TCP, and that the "
            + "operator's krb5.conf or the DNS names the right one."
    )

    static let realmUnknown = AdviceEntry(
        .kerberosRealmUnknown,
        field: "username",
        who: .administrator,
        cause: "This server does not know the Kerberos realm{detail}.",
        advice: "Enter the user name as user@REALM, with the realm in capitals; else ask the "
            + "operator to enter the realm in krb5.conf."
    )

    static let noTicket = AdviceEntry(
        .kerberosNoTicket,
        field: "username",
        who: .administrator,
        cause: "No user name and password are set, and this server has no Kerberos ticket or "
            + "client keytab of its own{detail}.",
        advice: "Enter user name and password, or ask the operator for a client keytab."
    )

    static let ticketExpired = AdviceEntry(
        .kerberosNoTicket,
        field: "username",
        who: .administrator,
        cause: "The Kerberos ticket of this server has expired.",
        advice: "Ask the operator to renew it or to install a client keytab, or enter user name "
            + "and password."
    )

    static let serviceUnknown = AdviceEntry(
        .kerberosServiceUnknown,
        field: "host",
        who: .mailAdministrator,
        cause: "The Kerberos server does not know the relay as smtp/{host}.",
        advice: "Enter the host under the name that the relay has in the realm, not as an address "
            + "or an alias. If it is right, ask the mail administrator to register smtp/{host}."
    )

    static let kerberosFailed = AdviceEntry(
        .kerberosFailed,
        field: "authentication",
        who: .mailAdministrator,
        cause: "Kerberos failed{detail}.",
        advice: "Show these words to who runs the Kerberos realm, or choose another "
            + "authentication."
    )

    static let kerberosEntries = [
        clockSkew, principalUnknown, kerberosPasswordWrong, kerberosPasswordExpired,
        kerberosAccountLocked, kdcUnreachable, realmUnknown, noTicket, ticketExpired,
        serviceUnknown, kerberosFailed,
    ]
}
