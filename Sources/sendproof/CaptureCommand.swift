import Observability
import ArgumentParser
import Glibc
import Capture
import Cryptography
import Sockets

/// The demo's relay: accepts everything on loopback and keeps it for the captured-mail page.
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Run a loopback relay that keeps mail, for demos.",
        discussion: """
            Offers STARTTLS and AUTH and accepts any credentials; the password "wrong" is refused,
            and so are recipients that begin with "reject" or "greylist".
            """
    )

    @Option(help: "Where to listen; port 0 takes any free port.")
    var listen = "127.0.0.1:0"

    @Option(help: "The folder for the messages.")
    var folder: String

    @Option(help: "A file to write the address to, once it listens.")
    var addressFile: String?

    func run() async throws {
        guard let address = SocketAddress(listening: listen), address.isLoopback else {
            throw ValidationError("--listen takes a loopback address with a port.")
        }
        let loops = try EventLoopGroup(count: 1)
        let certificate = try CertificateAuthority.selfSigned(
            commonName: "localhost",
            names: [.dns("localhost"), .address("127.0.0.1")],
            validity: CertificateValidity(days: 365, from: UnixTime.now)
        )
        let context = try TLSContext.server(
            certificatePEM: certificate.certificatePEM,
            keyPEM: .init(certificate.privateKeyPEM.reveal())
        )
        let pool = BlockingPool(threads: 1, queueLimit: 100)
        let server = CaptureServer(
            on: loops.next,
            address: address,
            tls: context,
            store: CaptureStore(folder: folder, pool: pool)
        )
        let bound = try await server.listen()
        if let addressFile {
            try SmallFile.writePrivate(
                Array("\(bound)\n".utf8),
                to: addressFile,
                replacing: true
            )
        }
        print("Capturing mail on \(bound)")
        fflush(nil)  // Seen at once, in a pipe too.
        await Termination.wait()
        await server.stop()
        pool.stop()
        loops.stop()
    }
}
