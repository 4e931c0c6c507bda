import CGSSAPI
import Observability

/// A security context of GSS-API (RFC 2743), as the side that begins; each call may block.
final class GSSContext {
    enum Mechanism: Int32, Sendable {
        case kerberos = 0
        case ntlm = 1
    }

    private let mechanism: Mechanism
    private var state = sendproof_gss()
    private(set) var isEstablished = false

    /// Throws: `unavailable` when this machine has no such mechanism.
    init(_ mechanism: Mechanism, host: String) throws(SASLError) {
        self.mechanism = mechanism
        guard sendproof_gss_knows(mechanism.rawValue) != 0 else { throw SASLError(.unavailable) }
        guard sendproof_gss_begin(&state, mechanism.rawValue, "smtp@\(host)") != 0 else {
            throw failure()
        }
    }

    static var knowsNTLM: Bool { sendproof_gss_knows(Mechanism.ntlm.rawValue) != 0 }

    deinit {
        sendproof_gss_end(&state)
    }

    /// Gets credentials for a user; without this call the host's own are used.
    func acquire(
        _ username: Redacted<[UInt8]>,
        _ password: Redacted<[UInt8]>
    ) throws(SASLError) {
        let isAcquired = username.reveal { name in
            password.reveal { word in
                name.withUnsafeBytes { name in
                    word.withUnsafeBytes { word in
                        sendproof_gss_acquire(
                            &state,
                            name.baseAddress,
                            name.count,
                            word.baseAddress,
                            word.count
                        )
                    }
                }
            }
        }
        guard isAcquired != 0 else { throw failure() }
    }

    /// The next token for the other side; empty when there is none.
    func step(_ input: [UInt8]) throws(SASLError) -> [UInt8] {
        var output = gss_buffer_desc()
        defer { sendproof_gss_release(&output) }
        let isMoreExpected = input.withUnsafeBytes {
            sendproof_gss_step(&state, $0.baseAddress, $0.count, &output) != 0
        }
        guard sendproof_gss_failed(state.major) == 0 else { throw failure() }
        isEstablished = !isMoreExpected
        return Self.bytes(of: output)
    }

    func unwrap(_ input: [UInt8]) throws(SASLError) -> [UInt8] {
        try transform(input, sendproof_gss_unwrap)
    }

    /// Signed, not encrypted.
    func wrap(_ input: [UInt8]) throws(SASLError) -> [UInt8] {
        try transform(input, sendproof_gss_wrap)
    }

    private func transform(
        _ input: [UInt8],
        _ call: (
            UnsafeMutablePointer<sendproof_gss>, UnsafeRawPointer?, Int, gss_buffer_t
        ) -> Int32
    ) throws(SASLError) -> [UInt8] {
        var output = gss_buffer_desc()
        defer { sendproof_gss_release(&output) }
        let isDone = input.withUnsafeBytes { call(&state, $0.baseAddress, $0.count, &output) }
        guard isDone != 0 else { throw failure() }
        return Self.bytes(of: output)
    }

    private func failure() -> SASLError {
        var words = gss_buffer_desc()
        sendproof_gss_words(&state, &words)
        let detail = String(decoding: Self.bytes(of: words), as: UTF8.self)
        sendproof_gss_release(&words)
        guard mechanism == .kerberos else { return SASLError(.failed, detail: detail) }
        let routine = sendproof_gss_routine_error(state.major)
        let status = KerberosStatus(rawValue: Int32(bitPattern: state.minor))
        if let status { return SASLError(status.kind, detail: detail) }
        if routine == sendproof_gss_no_credential() { return SASLError(.noTicket, detail: detail) }
        if routine == sendproof_gss_credentials_expired() {
            return SASLError(.ticketExpired, detail: detail)
        }
        return SASLError(.failed, detail: detail)
    }

    private static func bytes(of buffer: gss_buffer_desc) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer.value, count: buffer.length))
    }
}
