import COpenSSL
import Glibc

extension TLSStream {
    /// Completes the server's side of the handshake on a socket just accepted.
    ///
    /// The socket is closed when it fails.
    package static func server(
        _ socket: Socket,
        _ context: TLSContext,
        until deadline: Deadline
    ) async throws(TLSError) -> TLSStream {
        try await server(socket, context, until: deadline, afterLook: {})
    }

    /// The same; `afterLook` comes between each look at the socket and the step after it, where a
    /// test lets bytes arrive.
    static func server(
        _ socket: Socket,
        _ context: TLSContext,
        until deadline: Deadline,
        afterLook: () -> Void
    ) async throws(TLSError) -> TLSStream {
        let stream = try TLSStream(socket, context)
        SSL_set_accept_state(stream.session)
        do {
            try await stream.shakeHands(until: deadline, afterLook: afterLook)
        } catch {
            stream.close()
            throw error
        }
        stream.report = stream.makeReport(verification: .passed)
        return stream
    }

    /// Completes the client's side of the handshake and checks the certificate.
    ///
    /// The chain and its name are checked in either case; `verify` says whether a refusal ends
    /// the connection, with `.certificate` and the report, before anything else is sent. With
    /// `pinnedKey` (SHA-256 of the key in DER form) the server's key decides instead, whatever
    /// `verify` says. The socket is closed when the handshake fails.
    package static func client(
        _ socket: Socket,
        _ context: TLSContext,
        name: TLSPeerName,
        verify: Bool,
        pinnedKey: [UInt8]? = nil,
        until deadline: Deadline
    ) async throws(TLSError) -> TLSStream {
        let stream = try TLSStream(socket, context)
        do {
            try stream.expect(name)
            stream.watchForCertificateRequest()
            SSL_set_connect_state(stream.session)
            try await stream.shakeHands(until: deadline)
            try stream.judge(verify: verify, pinnedKey: pinnedKey)
        } catch {
            stream.close()
            throw error
        }
        return stream
    }

    /// SNI, and the name that the certificate must carry; its subject does not count (RFC 9525).
    private func expect(_ name: TLSPeerName) throws(TLSError) {
        self.name = name
        let parameters = SSL_get0_param(session)
        let accepted: Bool
        switch name {
        case .host(let host):
            X509_VERIFY_PARAM_set_hostflags(
                parameters,
                UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
            )
            accepted =
                sendproof_tls_set_server_name(session, host) == 1
                && X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1
        case .address(let address):
            accepted = X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
        }
        guard accepted else { throw .configuration("the name to check") }
    }

    private func shakeHands(
        until deadline: Deadline,
        afterLook: () -> Void = {}
    ) async throws(TLSError) {
        var isFirstByteKnown = false
        while true {
            if !isFirstByteKnown {
                guard let first = peek() else { throw TLSError(.closed, detail: "end of stream") }
                if let byte = first.first {
                    isFirstByteKnown = true
                    // Neither a handshake nor an alert record.
                    if byte != 0x16 && byte != 0x15 { throw TLSError(.plainText(first)) }
                }
                afterLook()
            }
            guard let direction = try advance() else { return }
            // It may have come between the look and the step, which has read it then: what waits
            // next can be any record.
            if BIO_number_read(SSL_get_rbio(session)) > 0 { isFirstByteKnown = true }
            do {
                try await socket.ready(direction, until: deadline, during: .receive)
            } catch {
                throw TLSError(error.kind == .cancelled ? .cancelled : .timedOut)
            }
        }
    }

    /// One step of the handshake; the direction to wait for, nil when it is done.
    private func advance() throws(TLSError) -> Readiness.Direction? {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        let number = errno
        if result == 1 {
            isEstablished = true
            return nil
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .read
        case SSL_ERROR_WANT_WRITE: return .write
        default: throw refined(TLSError.taken(afterResult: result, errno: number))
        }
    }

    /// What waits in the socket, left there: empty for nothing yet, nil at the end of the stream.
    @inline(never)
    private func peek() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = recv(socket.descriptor, &bytes, bytes.count, Int32(MSG_PEEK))
        if count == 0 { return nil }
        return Array(bytes.prefix(max(0, count)))
    }

    private func judge(verify: Bool, pinnedKey: [UInt8]?) throws(TLSError) {
        let result = Int32(truncatingIfNeeded: SSL_get_verify_result(session))
        let refusal = TLSRefusal(verifyResult: result, depth: refusedDepth(result))
        if let pinnedKey { return try judge(pinnedKey, refusal) }
        guard let refusal else {
            report = makeReport(verification: verify ? .passed : .switchedOff(nil))
            return
        }
        report = makeReport(verification: verify ? .failed(refusal) : .switchedOff(refusal))
        guard verify else { return }
        throw TLSError(.certificate(refusal), detail: refusal.detail, report: report)
    }

    private func judge(_ pinnedKey: [UInt8], _ refusal: TLSRefusal?) throws(TLSError) {
        guard certificates.first?.keyDigest != pinnedKey else {
            report = makeReport(verification: .pinned(refusal))
            return
        }
        let detail = "the key is not the pinned one"
        let refusal = TLSRefusal(reason: .pinnedKey, depth: 0, detail: detail)
        report = makeReport(verification: .failed(refusal))
        throw TLSError(.certificate(refusal), detail: detail, report: report)
    }

    /// The first certificate of the chain whose time has run out or not come, else the server's.
    private func refusedDepth(_ result: Int32) -> Int {
        let isAboutTime =
            result == X509_V_ERR_CERT_HAS_EXPIRED || result == X509_V_ERR_CERT_NOT_YET_VALID
        guard isAboutTime else { return 0 }
        let now = Int64(time(nil))
        return certificates.firstIndex { now > $0.notAfter || now < $0.notBefore } ?? 0
    }

    private func makeReport(verification: TLSVerification) -> TLSReport {
        TLSReport(
            protocolName: String(cString: SSL_get_version(session)),
            cipher: SSL_get_current_cipher(session)
                .map { String(cString: SSL_CIPHER_get_name($0)) } ?? "",
            chain: certificates,
            verification: verification,
            name: name,
            clientCertificate: certificateUse
        )
    }

    private var certificates: [TLSCertificate] {
        let chain = SSL_get_peer_cert_chain(session)
        return (0..<min(sendproof_tls_chain_count(chain), 16)).compactMap { index in
            sendproof_tls_chain_at(chain, index).map { TLSCertificate($0) }
        }
    }
}
