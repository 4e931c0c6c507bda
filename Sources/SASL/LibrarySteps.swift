import CSASL
import Observability

/// SCRAM (RFC 5802, RFC 7677), DIGEST-MD5 (RFC 2831) and CRAM-MD5 (RFC 2195) by libgsasl, with its
/// SASLprep.
final class LibrarySteps: ExchangeSteps {
    /// A relay that asks for more would only keep our threads busy.
    ///
    /// OWASP's advice for SHA-1 is 1,300,000.
    static let mostIterations = 2_000_000

    private let mechanism: SASLMechanism
    private let identity: SASLIdentity
    private var session: OpaquePointer?

    init(_ mechanism: SASLMechanism, _ identity: SASLIdentity) {
        self.mechanism = mechanism
        self.identity = identity
    }

    deinit {
        guard let session else { return }
        for property in [GSASL_PASSWORD, GSASL_SCRAM_SALTED_PASSWORD] {
            sendproof_sasl_wipe(session, property)
        }
        gsasl_finish(session)
    }

    func start() throws(SASLError) -> SASLExchange.Step {
        let session = try open()
        // CRAM-MD5 and DIGEST-MD5 have nothing to say before the relay's challenge.
        guard mechanism != .cramMD5, mechanism != .digestMD5 else {
            return SASLExchange.Step(nil, isComplete: false)
        }
        return try step(session, [])
    }

    func respond(to challenge: [UInt8]) throws(SASLError) -> SASLExchange.Step {
        guard let session else { throw SASLError(.challengeUnreadable) }
        guard Self.iterations(in: challenge) <= Self.mostIterations else {
            throw SASLError(.tooMuchWork)
        }
        return try step(session, challenge)
    }

    private func open() throws(SASLError) -> OpaquePointer {
        guard let library = Self.library.context else { throw SASLError(.unavailable) }
        var opened: OpaquePointer?
        guard gsasl_client_start(library, mechanism.name, &opened) == GSASL_OK.rawValue,
            let session = opened
        else { throw SASLError(.unavailable) }
        self.session = session
        set(GSASL_AUTHID, identity.username, in: session)
        set(GSASL_PASSWORD, identity.password ?? Redacted([]), in: session)
        gsasl_property_set(session, GSASL_SERVICE, "smtp")
        gsasl_property_set(session, GSASL_HOSTNAME, identity.host)
        switch identity.channelBinding {
        case .tlsUnique(let bytes): set(GSASL_CB_TLS_UNIQUE, bytes, in: session)
        case .tlsExporter(let bytes): set(GSASL_CB_TLS_EXPORTER, bytes, in: session)
        case nil: break
        }
        return session
    }

    private func set(
        _ property: Gsasl_property,
        _ value: Redacted<[UInt8]>?,
        in session: OpaquePointer
    ) {
        value?.reveal { bytes in
            Self.withPointer(to: bytes) { pointer, count in
                _ = gsasl_property_set_raw(session, property, pointer, count)
            }
        }
    }

    /// A copy with a NUL at its end, overwritten after the call, since it may be the password.
    ///
    /// Never a null pointer, which libgsasl takes for "not set", not for "empty".
    private static func withPointer<Result>(
        to bytes: [UInt8],
        _ body: (UnsafePointer<CChar>?, Int) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { copy in
            defer { sendproof_sasl_erase(copy.baseAddress, copy.count) }
            _ = copy.initialize(from: bytes.lazy.map { CChar(bitPattern: $0) } + [0])
            return body(copy.baseAddress.map { UnsafePointer($0) }, bytes.count)
        }
    }

    /// libgsasl takes channel bindings as base64.
    private func set(
        _ property: Gsasl_property,
        _ binding: [UInt8],
        in session: OpaquePointer
    ) {
        var text: UnsafeMutablePointer<CChar>?
        var length = 0
        Self.withPointer(to: binding) { pointer, count in
            _ = gsasl_base64_to(pointer, count, &text, &length)
        }
        gsasl_property_set(session, property, text)
        sendproof_sasl_free(text, length)
    }

    private func step(
        _ session: OpaquePointer,
        _ input: [UInt8]
    ) throws(SASLError) -> SASLExchange.Step {
        var output: UnsafeMutablePointer<CChar>?
        var length = 0
        let result = Self.withPointer(to: input) { pointer, count in
            gsasl_step(session, pointer, count, &output, &length)
        }
        defer { sendproof_sasl_free(output, length) }
        guard result == GSASL_OK.rawValue || result == GSASL_NEEDS_MORE.rawValue else {
            throw failure(result)
        }
        let bytes = output.map { Array(UnsafeRawBufferPointer(start: $0, count: length)) } ?? []
        return SASLExchange.Step(Redacted(bytes), isComplete: result == GSASL_OK.rawValue)
    }

    private func failure(_ result: Int32) -> SASLError {
        let detail = gsasl_strerror_name(result).map { String(cString: $0) } ?? "\(result)"
        switch UInt32(bitPattern: result) {
        case GSASL_SASLPREP_ERROR.rawValue:
            return SASLError(.credentialsUnusable, detail: detail)
        case GSASL_AUTHENTICATION_ERROR.rawValue where mechanism.provesRelay:
            return SASLError(.relayProofWrong, detail: detail)
        case GSASL_UNKNOWN_MECHANISM.rawValue, GSASL_NO_CLIENT_CODE.rawValue,
            GSASL_NO_CB_TLS_UNIQUE.rawValue, GSASL_NO_CB_TLS_EXPORTER.rawValue:
            return SASLError(.unavailable, detail: detail)
        default: return SASLError(.challengeUnreadable, detail: detail)
        }
    }

    /// The iteration count of SCRAM's first challenge, `r=…,s=…,i=4096`; 0 without one.
    static func iterations(in challenge: [UInt8]) -> Int {
        for field in challenge.split(separator: UInt8(ascii: ",")) {
            guard field.starts(with: "i=".utf8) else { continue }
            return Int(String(decoding: field.dropFirst(2), as: UTF8.self)) ?? .max
        }
        return 0
    }

    // MARK: - The library's own state

    /// The library's list of mechanisms, read only once it is made.
    private struct Library: @unchecked Sendable {
        // @unchecked: libgsasl only reads its context after gsasl_init, for any number of threads.
        let context: OpaquePointer?
    }

    private static let library: Library = {
        var context: OpaquePointer?
        guard gsasl_init(&context) == GSASL_OK.rawValue else { return Library(context: nil) }
        return Library(context: context)
    }()
}
