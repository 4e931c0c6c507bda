import SMTP
import Sockets
import Testing

@testable import TestSends

@Suite struct EgressPolicyTests {
    @Test(arguments: [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2002:c0a8:101::1", "2001::1", "2001:db8::1", "3fff::1", "fc00::1", "fd12:3456::1",
        "fe80::1", "fec0::1", "ff02::1", "100::1", "5f00::1", "::127.0.0.1",
    ])
    func `a cloud tenant's relay is not inside the network`(_ text: String) throws {
        let address = try #require(SocketAddress(numeric: text, port: 25))
        guard case .refused(let why) = EgressPolicy.publicOnly.decision(address) else {
            Issue.record("\(text) is allowed")
            return
        }
        #expect(why.utf8.count > 20)
        #expect(EgressPolicy.everything.decision(address) == .allowed)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.0.1", "172.15.255.255", "172.32.0.1", "192.169.0.1", "198.20.0.1",
        "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1",
        "64:ff9b::101:101", "2002:101:101::1", "2001:4860:4860::8888",
    ])
    func `addresses of the public internet are allowed`(_ text: String) throws {
        let address = try #require(SocketAddress(numeric: text, port: 25))
        #expect(EgressPolicy.publicOnly.decision(address) == .allowed)
    }
}
