import Glibc
import Observability
import TestCertificates
import Testing

@testable import SMTP
@testable import Sockets

/// A conversation as a transcript, from the relay's side.
///
/// `S:` the relay says a line; `C:` the client must say a line that begins so; `R:` raw bytes with
/// escapes (`\r \n \0 \xNN`), no line end; `!` something happens: `message` (read up to the final
/// dot), `tls` (handshake as a server), `plain` (goes on without encryption), `close`, `reset`, `hold` (until the client leaves),
/// `drip TEXT` (a byte every few milliseconds), `tarpit TEXT` (the same without end), `flood TEXT`
/// (the same line without end and at full speed), `shut` (says that it will say nothing more), `end`
/// (that, and holds), `deaf` (reads nothing to the end), `done` (a test waits for this point).
struct Script: Sendable, ExpressibleByStringLiteral {
    let lines: [String]

    init(stringLiteral text: String) {
        self.init(text)
    }

    init(_ text: String) {
        lines = text.split(separator: "\n").map(String.init)
    }

    static func + (left: Script, right: Script) -> Script {
        Script((left.lines + right.lines).joined(separator: "\n"))
    }
}

/// A relay on loopback that plays one script for each connection, the last one again and again.
final class ScriptedRelay: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    let address: SocketAddress
    /// What the clients said, line by line; messages as one entry.
    private(set) var received: [String] = []
    /// Where a client did not follow the script.
    private(set) var surprises: [String] = []
    private let listener: Listener
    private let scripts: [Script]
    private let identity: Authority.Identity?
    private let loop: EventLoop
    private var served = 0
    private let signs = Signs()

    /// What the relay and its connections tell each other, and a test.
    final class Signs {
        var isStopped = false
        let reached = AsyncStream<Void>.makeStream()
    }

    /// Returns when a script has come to its `done`.
    var done: AsyncStream<Void> { signs.reached.stream }

    init(
        _ scripts: [Script],
        identity: Authority.Identity? = nil,
        loop: EventLoop,
        on place: String = "127.0.0.1"
    ) throws {
        self.scripts = scripts
        self.identity = identity
        self.loop = loop
        let any = try #require(SocketAddress(numeric: place, port: 0))
        listener = try Listener(on: any, loop: loop)
        address = listener.address
    }

    func serve() async {
        await withDiscardingTaskGroup { group in
            while let (socket, _) = try? await listener.accept() {  // ends with `stop()`
                let script = scripts[min(served, scripts.count - 1)]
                served += 1
                group.addTask(executorPreference: loop) { await self.play(script, to: socket) }
            }
        }
    }

    private func play(_ script: Script, to socket: Socket) async {
        let player = Player(socket, identity, signs)
        await player.play(script)
        received += player.received
        surprises += player.surprises
    }

    func stop() {
        signs.isStopped = true
        listener.close()
    }
}

/// Plays one script on one connection.
private final class Player {
    private(set) var received: [String] = []
    private(set) var surprises: [String] = []
    private let socket: Socket
    private var stream: any ByteStream
    private var encrypted: (any ByteStream)?
    private let identity: Authority.Identity?
    private let signs: ScriptedRelay.Signs
    private var buffer: [UInt8] = []

    init(_ socket: Socket, _ identity: Authority.Identity?, _ signs: ScriptedRelay.Signs) {
        self.signs = signs
        self.socket = socket
        self.stream = socket
        self.identity = identity
    }

    private var limit: Deadline { .after(.seconds(20)) }

    func play(_ script: Script) async {
        do {
            for line in script.lines { try await play(line) }
            try await hold()
        } catch is SocketError {
            // The client has left.
        } catch {
            surprises.append("\(error)")
        }
        stream.close()
    }

    private func play(_ line: String) async throws {
        let bytes = Array(line.utf8)
        let rest = String(decoding: bytes.dropFirst(3), as: UTF8.self)
        if line.hasPrefix("S:") {
            try await stream.send(Array((rest + "\r\n").utf8), until: limit)
        } else if line.hasPrefix("R:") {
            try await stream.send(Self.unescape(rest), until: limit)
        } else if line.hasPrefix("C:") {
            let said = try await readLine()
            received.append(said)
            if !said.hasPrefix(rest) { surprises.append("expected \(rest), got \(said)") }
        } else {
            try await act(String(decoding: bytes.dropFirst(2), as: UTF8.self))
        }
    }

    private func act(_ action: String) async throws {
        let words = action.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case "message": received.append(try await readMessage())
        case "tls": try await startTLS()
        case "plain":
            // Released, it would close the socket.
            encrypted = stream
            stream = socket
        case "close": stream.close()
        case "reset":
            var linger = linger(l_onoff: 1, l_linger: 0)
            let size = socklen_t(MemoryLayout<Glibc.linger>.size)
            setsockopt(socket.descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
            stream.close()
        case "hold": try await hold()
        case "shut": stream.endSending()
        case "end":
            stream.endSending()
            try await hold()
        case "deaf": await deafen()
        case "done": signs.reached.continuation.finish()
        case "drip": try await drip(Self.unescape(words[1]))
        case "tarpit": while true { try await drip(Self.unescape(words[1])) }
        case "flood":
            let block = Array(repeating: Self.unescape(words[1]), count: 500).flatMap { $0 }
            while true { try await stream.send(block, until: limit) }
        default: surprises.append("unknown action \(action)")
        }
    }

    private func drip(_ bytes: [UInt8]) async throws {
        for byte in bytes {
            try await stream.send([byte], until: limit)
            await socket.loop.sleep(for: .milliseconds(20))
        }
    }

    /// Reading nothing, it cannot learn that the client has left.
    private func deafen() async {
        while !signs.isStopped { await socket.loop.sleep(for: .milliseconds(20)) }
    }

    private func startTLS() async throws {
        let identity = try #require(identity)
        let context = try TLSContext.server(
            certificatePEM: identity.certificatePEM,
            keyPEM: Redacted(identity.keyPEM)
        )
        do {
            stream = try await TLSStream.server(socket, context, until: limit)
        } catch {
            throw SocketError(.tls, during: .receive)
        }
    }

    private func hold() async throws {
        var rest: [UInt8] = []
        while try await stream.receive(into: &rest, atMost: 4096, until: limit) > 0 {}
        let text = String(decoding: buffer + rest, as: UTF8.self)
        for line in text.split(separator: "\r\n") { received.append(String(line)) }
    }

    private func readLine() async throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = Array(buffer[..<end])
                buffer.removeFirst(end + 1)
                return String(decoding: line.filter { $0 != 0x0D }, as: UTF8.self)
            }
            try await fill()
        }
    }

    private func readMessage() async throws -> String {
        let end = Array("\r\n.\r\n".utf8)
        while true {
            for start in 0..<max(0, buffer.count - 4)
            where buffer[start...].starts(with: end) {
                let message = String(decoding: buffer[..<(start + 2)], as: UTF8.self)
                buffer.removeFirst(start + 5)
                return message
            }
            try await fill()
        }
    }

    private func fill() async throws {
        guard try await stream.receive(into: &buffer, atMost: 65_536, until: limit) > 0 else {
            throw SocketError(.closed, during: .receive)
        }
    }

    private static func unescape(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let code = rest.popFirst() else {
                output.append(byte)
                continue
            }
            switch code {
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "0"): output.append(0)
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                rest = rest.dropFirst(2)
                output.append(UInt8(digits, radix: 16) ?? 0x3F)
            default: output.append(code)
            }
        }
        return output
    }
}
