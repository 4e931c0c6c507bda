/// The statuses of MIT Kerberos that get words of their own, by their numbers in krb5.h.
enum KerberosStatus: Int32 {
    /// KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN.
    case clientUnknown = -1_765_328_378
    /// KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN.
    case serviceUnknown = -1_765_328_377
    /// KRB5KDC_ERR_CLIENT_REVOKED.
    case clientRevoked = -1_765_328_366
    /// KRB5KDC_ERR_KEY_EXP.
    case keyExpired = -1_765_328_361
    /// KRB5KDC_ERR_PREAUTH_FAILED.
    case preauthenticationFailed = -1_765_328_360
    /// KRB5KRB_AP_ERR_BAD_INTEGRITY: a wrong password where the KDC asks for no proof first.
    case badIntegrity = -1_765_328_353
    /// KRB5KRB_AP_ERR_TKT_EXPIRED.
    case ticketExpired = -1_765_328_352
    /// KRB5KRB_AP_ERR_SKEW.
    case clockSkew = -1_765_328_347
    /// KRB5_KDCREP_SKEW.
    case replySkew = -1_765_328_236
    /// KRB5_REALM_UNKNOWN.
    case realmUnknown = -1_765_328_230
    /// KRB5_KDC_UNREACH.
    case kdcUnreachable = -1_765_328_228
    /// KRB5_CC_NOTFOUND.
    case ticketMissing = -1_765_328_243
    /// KRB5_FCC_NOFILE.
    case noTicketCache = -1_765_328_189
    /// KRB5_KT_NOTFOUND.
    case keytabWithoutEntry = -1_765_328_203
    /// KRB5_REALM_CANT_RESOLVE.
    case kdcUnresolvable = -1_765_328_164
    /// KRB5_PREAUTH_FAILED.
    case preauthenticationGivenUp = -1_765_328_174
    /// KRB5_CONFIG_NODEFREALM.
    case noDefaultRealm = -1_765_328_160

    var kind: SASLError.Kind {
        switch self {
        case .clientUnknown: .principalUnknown
        case .serviceUnknown: .serviceUnknown
        case .clientRevoked: .accountLocked
        case .keyExpired: .passwordExpired
        case .preauthenticationFailed, .badIntegrity, .preauthenticationGivenUp: .passwordWrong
        case .ticketExpired: .ticketExpired
        case .clockSkew, .replySkew: .clockSkew
        case .realmUnknown, .noDefaultRealm: .realmUnknown
        case .kdcUnreachable, .kdcUnresolvable: .kdcUnreachable
        case .ticketMissing, .noTicketCache, .keytabWithoutEntry: .noTicket
        }
    }
}
