/// How urgently mail systems should carry a message: `Priority` of RFC 2156, section 5.3.6.
///
/// `X-Priority` is not written with it: Exchange and Outlook read `Priority` and `Importance` first
/// ([MS-OXCMAIL], 2.2.3.2.5), and spam filters count `X-Priority` in mail of programs against it. Who
/// wants it adds it as a header of their own.
package enum MessagePriority: String, Hashable, Sendable, CaseIterable {
    case unspecified, normal, urgent, nonUrgent

    /// What the header says; nil writes none.
    var headerText: String? {
        switch self {
        case .unspecified: nil
        case .normal: "normal"
        case .urgent: "urgent"
        case .nonUrgent: "non-urgent"
        }
    }
}

/// How readers are to treat what is in a message: `Sensitivity` of RFC 2156, section 5.3.4.
package enum MessageSensitivity: String, Hashable, Sendable, CaseIterable {
    case unspecified, personal, `private`, companyConfidential

    /// What the header says, in RFC 2156's spelling; nil writes none.
    var headerText: String? {
        switch self {
        case .unspecified: nil
        case .personal: "Personal"
        case .private: "Private"
        case .companyConfidential: "Company-Confidential"
        }
    }
}

/// How important a message is to its sender: `Importance` of RFC 2156, section 5.3.4.
package enum MessageImportance: String, Hashable, Sendable, CaseIterable {
    case unspecified, high, normal, low

    /// What the header says; nil writes none.
    var headerText: String? {
        self == .unspecified ? nil : rawValue
    }
}
