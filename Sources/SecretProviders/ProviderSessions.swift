import Cryptography
import Observability
import Sockets
import Synchronization

/// Sessions with providers that are still good, in memory only.
final class ProviderSessions: Sendable {
    private struct Entry {
        let token: SecretBytes
        let vault: ProviderURL?
        let until: Deadline
    }

    private let entries = Mutex<[[UInt8]: Entry]>([:])

    /// So long before its end a token is no longer used; a fifth of its life if that is shorter.
    private static let margin = 60
    /// No token is kept longer, in seconds.
    private static let longest = 3600
    private static let limit = 1000

    /// `key` is the settings' fingerprint.
    func session(for key: [UInt8], now: Deadline = .now) -> ProviderSession? {
        entries.withLock { entries in
            entries = entries.filter { now < $0.value.until }
            guard let entry = entries[key] else { return nil }
            var session = ProviderSession(
                Redacted(entry.token.reveal()),
                lifetime: nil,
                vault: entry.vault
            )
            session.isFromMemory = true
            return session
        }
    }

    /// Keeps a session until shortly before its end.
    func keep(_ session: ProviderSession, for key: [UInt8], now: Deadline = .now) {
        guard let lifetime = session.lifetime, lifetime > 0 else { return }
        let seconds = min(lifetime, Self.longest)
        let useful = UInt64(seconds - min(Self.margin, seconds / 5))
        let entry = Entry(
            token: SecretBytes(session.token.reveal { $0 }),
            vault: session.vault,
            until: Deadline(nanoseconds: now.nanoseconds + useful * 1_000_000_000)
        )
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            entries[key] = entry
        }
    }

    func forget(_ key: [UInt8]) {
        entries.withLock { $0[key] = nil }
    }
}

extension ProviderSettings {
    /// What decides about the session, as a digest that shows none of it.
    var fingerprint: [UInt8] {
        var fields = [Array(kind.rawValue.utf8)]
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            fields += [Array(name.utf8), Array(value.utf8)]
        }
        if let credentials {
            fields.append(Array(credentials.kind.rawValue.utf8))
            for detail in NamedSecretDetail.allCases {
                fields.append(Array(credentials[detail].utf8))
            }
            fields.append(credentials.value.reveal { $0 })
        }
        fields +=
            [clientCertificate?.chain ?? [], trustedCertificates] + hosts.map { Array($0.utf8) }
        // One after another, each with its length before it.
        return SHA256.hash(fields.reduce(into: []) { $0 += String($1.count).utf8 + [0x3A] + $1 })
    }
}
