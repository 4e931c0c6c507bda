package import Observability
import Postgres
package import SecretProviders

/// Advice on the strength of a password; it warns and never forces.
package enum PasswordAdvice {
    /// Nil for a strong one, and for none.
    package static func warning(_ password: some Collection<UInt8>) -> String? {
        if password.isEmpty { return nil }
        let isSmall = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        let isCapital = { (byte: UInt8) in (0x41...0x5A).contains(byte) }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let kinds = [
            password.contains(where: isSmall), password.contains(where: isCapital),
            password.contains(where: isDigit),
            password.contains { !isSmall($0) && !isCapital($0) && !isDigit($0) },
        ].count { $0 }
        // Characters of UTF-8 begin with a byte that continues none.
        let length = password.count { $0 & 0xC0 != 0x80 }
        guard length < 12 || kinds < 2 else { return nil }
        return SecretAdvice.weak.text
    }
}

/// What a value that was kept gives reason to say.
package enum SecretAdvice: String, Sendable {
    case weak
    /// Entra shows an ID beside each client secret, which is often taken for it.
    case looksLikeID

    package var text: String {
        switch self {
        case .weak:
            "This password is weak: use 12 or more characters of several kinds, if the server "
                + "lets you choose."
        case .looksLikeID: "This looks like the secret's ID; paste its Value."
        }
    }
}

extension NamedSecretKind {
    /// Whether people think of its values; others are made by programs.
    package var isChosenByPeople: Bool { self == .password || self == .apiCredentials }

    /// Nil when nothing is to be said.
    package func advice(on value: Redacted<[UInt8]>) -> SecretAdvice? {
        if self == .microsoftApplication, value.reveal({ UUID(utf8: $0) != nil }) {
            return .looksLikeID
        }
        let isWeak = isChosenByPeople && value.reveal { PasswordAdvice.warning($0) != nil }
        return isWeak ? .weak : nil
    }
}
