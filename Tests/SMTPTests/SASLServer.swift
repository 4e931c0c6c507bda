import COpenSSL
import CSASL
import Testing

@testable import SMTP
@testable import Sockets

/// A relay whose side of SCRAM is libgsasl's server, over TLS with channel binding.
struct SASLServer {
    enum Behaviour: Sendable {
        case honest
        /// As a man in the middle has it: the value of another TLS connection.
        case otherBinding
        /// The last message of the exchange is made up.
        case wrongProof
        /// 235 comes in place of the last message.
        case noProof
    }

    let mechanisms: String
    let behaviour: Behaviour
    let isTLS12: Bool
    let password: String

    struct Failure: Error { let reason: String }

    /// One conversation; what the client began with, `p=tls-exporter`.
    func serve(_ socket: Socket, _ context: TLSContext) async throws -> String {
        if isTLS12 {
            SSL_CTX_ctrl(
                context.pointer,
                SSL_CTRL_SET_MAX_PROTO_VERSION,
                Int(TLS1_2_VERSION),
                nil
            )
        }
        let stream = try await TLSStream.server(socket, context, until: .after(.seconds(60)))
        defer { stream.close() }
        let lines = LineStream(stream)
        try await lines.say("220 relay.test")
        _ = try await lines.hear()
        try await lines.say("250-relay.test\r\n250 AUTH \(mechanisms)")
        let words = try await lines.hear().split(separator: " ").map(String.init)
        guard words.count == 3, words[0] == "AUTH" else { throw Failure(reason: "\(words)") }
        let session = try Session(words[1], password, binding(stream.binding))
        try await exchange(session, words[2], lines)
        _ = try await lines.hear()
        try await lines.say("221 bye")
        let first = String(decoding: Base64.decode(Array(words[2].utf8)) ?? [], as: UTF8.self)
        return first.split(separator: ",").first.map(String.init) ?? ""
    }

    private func binding(_ binding: TLSStream.Binding?) -> TLSStream.Binding? {
        guard behaviour == .otherBinding else { return binding }
        return switch binding {
        case .unique(let bytes): .unique(bytes.reversed())
        case .exporter(let bytes): .exporter(bytes.reversed())
        case nil: nil
        }
    }

    private func exchange(
        _ session: Session,
        _ first: String,
        _ lines: LineStream
    ) async throws {
        guard let challenge = session.step(first) else { return try await refuse(lines) }
        try await lines.say("334 \(challenge)")
        guard let proof = session.step(try await lines.hear()) else {
            return try await refuse(lines)
        }
        switch behaviour {
        case .noProof: break
        case .wrongProof:
            let made = Base64.encode(Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8))
            try await lines.say("334 \(String(decoding: made, as: UTF8.self))")
            #expect(try await lines.hear() == "*")
            return try await lines.say("501 5.7.0 cancelled")
        default:
            try await lines.say("334 \(proof)")
            #expect(try await lines.hear() == "")
        }
        try await lines.say("235 2.7.0 welcome")
    }

    private func refuse(_ lines: LineStream) async throws {
        try await lines.say("535 5.7.8 no")
    }
}

/// Lines with CRLF over a stream.
private final class LineStream {
    private let stream: TLSStream
    private var buffer: [UInt8] = []

    init(_ stream: TLSStream) {
        self.stream = stream
    }

    func say(_ line: String) async throws {
        try await stream.send(Array((line + "\r\n").utf8), until: .after(.seconds(60)))
    }

    func hear() async throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<max(0, end - 1)], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return line
            }
            let limit = Deadline.after(.seconds(60))
            guard try await stream.receive(into: &buffer, atMost: 4096, until: limit) > 0 else {
                throw SASLServer.Failure(reason: "the client has left")
            }
        }
    }
}

/// The server's side of one exchange by libgsasl.
private final class Session {
    private var library: OpaquePointer?
    private var session: OpaquePointer?

    init(_ mechanism: String, _ password: String, _ binding: TLSStream.Binding?) throws {
        guard gsasl_init(&library) == GSASL_OK.rawValue,
            gsasl_server_start(library, mechanism, &session) == GSASL_OK.rawValue
        else { throw SASLServer.Failure(reason: "no \(mechanism)") }
        gsasl_property_set(session, GSASL_PASSWORD, password)
        gsasl_property_set(session, GSASL_SCRAM_ITER, "4096")
        switch binding {
        case .unique(let bytes): set(GSASL_CB_TLS_UNIQUE, bytes)
        case .exporter(let bytes): set(GSASL_CB_TLS_EXPORTER, bytes)
        case nil: break
        }
    }

    deinit {
        gsasl_finish(session)
        gsasl_done(library)
    }

    private func set(_ property: Gsasl_property, _ bytes: [UInt8]) {
        let text = String(decoding: Base64.encode(bytes), as: UTF8.self)
        gsasl_property_set(session, property, text)
    }

    /// Base64 in and out; nil for a refusal.
    func step(_ input: String) -> String? {
        var output: UnsafeMutablePointer<CChar>?
        let result = gsasl_step64(session, input, &output)
        defer { gsasl_free(output) }
        guard result == GSASL_OK.rawValue || result == GSASL_NEEDS_MORE.rawValue else {
            return nil
        }
        return output.map { String(cString: $0) } ?? ""
    }
}
