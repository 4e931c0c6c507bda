import Foundation
import Glibc
import TestServers
import Testing

@testable import Sockets

/// dnsmasq on loopback with names, mail domains, and zones that fail or never answer.
struct RealNameServer: Sendable {
    let address: SocketAddress
    private let process: LoopbackProcess
    private let broken: BrokenNameServer

    private static let started = Result { try RealNameServer() }

    static func shared() throws -> RealNameServer { try started.get() }

    private static let zone = [
        "--host-record=one.test,127.0.0.1", "--host-record=two.test,127.0.0.2",
        "--host-record=both.test,127.0.0.1,::1", "--host-record=six.test,::1",
        "--host-record=xn--bcher-kva.test,127.0.0.1",
        "--mx-host=example.test,two.test,20", "--mx-host=example.test,one.test,10",
        "--mx-host=equal.test,one.test,10", "--mx-host=equal.test,two.test,10",
        "--mx-host=half.test,one.test,10", "--mx-host=half.test,gone.test,20",
        "--mx-host=lost.test,gone.test,10", "--mx-host=number.test,127.0.0.1,10",
        "--mx-host=bare.test,empty.test,10", "--mx-host=failing.test,relay.broken.test,10",
        "--mx-host=waiting.test,relay.silent.test,10",
        "--mx-host=null.test,.,0", "--txt-record=empty.test,nothing",
    ]

    private init() throws {
        let port = try LoopbackProcess.freePort()
        let broken = try BrokenNameServer()
        self.broken = broken
        let elsewhere = ["broken.test", "silent.test"]
            .map { "--server=/\($0)/127.0.0.1#\(broken.port)" }
        process = try LoopbackProcess(
            [
                "/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                "--pid-file=", "--user=\(NSUserName())", "--port=\(port)",
                "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv",
                "--no-hosts", "--local=/test/",
            ] + Self.zone + elsewhere,
            port: port
        )
        address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
    }
}

/// A name server that fails for names under `broken`, and says nothing to any other question.
private final class BrokenNameServer: Sendable {
    let port: UInt16

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let place = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let isBound = place.withSystemAddress { bind(descriptor, $0, $1) } == 0
        try #require(isBound)
        var bound = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &size)
            }
        }
        port = UInt16(bigEndian: bound.sin_port)
        // It serves until the tests are over.
        Thread { Self.serve(descriptor) }.start()
    }

    private static func serve(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 512)
        var storage = sockaddr_in()
        while true {
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { storage in
                guard let sender = storage.baseAddress?.assumingMemoryBound(to: sockaddr.self)
                else { return }
                let count = recvfrom(descriptor, &bytes, bytes.count, 0, sender, &size)
                let question = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                guard count > 12, question.contains("broken") else { return }
                // An answer (QR) to the question, with the failure of the server (RCODE 2).
                bytes[2] |= 0x80
                bytes[3] = 0x82
                sendto(descriptor, bytes, count, 0, sender, size)
            }
        }
    }
}
