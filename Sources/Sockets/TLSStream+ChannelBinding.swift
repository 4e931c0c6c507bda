import COpenSSL

extension TLSStream {
    /// What both ends of this connection know and nobody in between (RFC 5056).
    package enum Binding: Sendable, Equatable {
        /// RFC 5929, section 3; TLS 1.2 with RFC 7627 only.
        case unique([UInt8])
        /// RFC 9266; TLS 1.3.
        case exporter([UInt8])
    }

    /// Nil before the handshake, and where the protocol has no safe value.
    package var binding: Binding? {
        guard isEstablished else { return nil }
        if SSL_version(session) == TLS1_3_VERSION { return exporter.map(Binding.exporter) }
        guard sendproof_tls_has_extended_master_secret(session) == 1 else { return nil }
        return firstFinished.map(Binding.unique)
    }

    private var exporter: [UInt8]? {
        let label = "EXPORTER-Channel-Binding"
        var bytes = [UInt8](repeating: 0, count: 32)
        let result = SSL_export_keying_material(
            session,
            &bytes,
            bytes.count,
            label,
            label.utf8.count,
            nil,
            0,
            1
        )
        return result == 1 ? bytes : nil
    }

    /// The client's, since the handshake is a full one: sessions are never resumed here.
    private var firstFinished: [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count =
            SSL_is_server(session) == 1
            ? SSL_get_peer_finished(session, &bytes, bytes.count)
            : SSL_get_finished(session, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}
