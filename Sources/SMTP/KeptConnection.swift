import Cryptography
import Observability
import Sockets

/// A connection between two messages: greeted, encrypted and signed in as its settings want it.
struct KeptConnection: Sendable {
    let socket: Socket
    let stream: any ByteStream
    let destination: Destination
    let capabilities: Capabilities
    let isEncrypted: Bool
    let heloName: HeloName
    let madeAt: Deadline
    /// When its last message was done.
    let usedAt: Deadline
    /// How many messages it has carried.
    let messages: Int

    /// Whether nothing has arrived since its last message, neither words nor the end.
    ///
    /// On the loop's thread.
    var isQuiet: Bool {
        var early: [UInt8] = []
        do {
            return try stream.receiveNow(into: &early, atMost: 1) == nil
        } catch {
            return false
        }
    }

    /// Says goodbye without waiting for the answer, and closes; from a task of the loop.
    func part() async {
        // Whether it arrives changes nothing.
        try? await stream.send(Command.quit.wire, until: .now)
        stream.close()
    }
}

/// What must be the same for a connection to be used again.
struct ConnectionKey: Equatable, Sendable {
    /// Without credentials.
    private let settings: ConnectionSettings
    /// An authentication code of all credentials, so that no password and no key is kept.
    private let credentials: [UInt8]

    init(_ settings: ConnectionSettings, secret: SecretBytes) {
        var bare = settings
        bare.username = nil
        bare.password = nil
        bare.proxy = settings.proxy.withoutCredentials
        bare.clientCertificate = nil
        self.settings = bare
        var message: [UInt8] = []
        let secrets =
            [settings.username, settings.password] + settings.proxy.credentials
            + [settings.clientCertificate?.bytes, settings.clientCertificate?.password]
        for value in secrets {
            let bytes = value?.reveal { $0 } ?? []
            message += "\(value == nil ? "none" : String(bytes.count)):".utf8 + bytes
        }
        credentials = HMACSHA256.authenticate(key: secret, message: message)
    }
}
