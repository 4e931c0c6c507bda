import Foundation
import Observability
package import Outbound

/// Proxies as other people wrote them, each on a port of its own on loopback.
package enum RealProxy: String, CaseIterable, Sendable {
    case tinyproxy
    /// With a user name and a password.
    case tinyproxyBasic
    /// Only to port 443.
    case tinyproxyWebOnly
    /// SOCKS 4 and 5.
    case dante
    /// Lets nobody through.
    case danteClosed
    case microsocks
    /// With a user name and a password.
    case microsocksUser
    /// `ssh -D` with an sshd of its own at the other end: SOCKS 4, 4a and 5.
    case openSSH

    package static let username = "proxyuser"
    package static let password = "pr0xy-s3cret"

    private static let started: [RealProxy: Result<Running, any Error>] =
        Dictionary(
            uniqueKeysWithValues: allCases.map { proxy in (proxy, Result { try Running(proxy) }) }
        )

    package func port() throws -> UInt16 {
        guard let started = Self.started[self] else {
            throw LoopbackProcess.Failure(reason: "\(self) was not started")
        }
        return try started.get().port
    }

    /// The proxy as settings name it.
    package func settings(
        _ kind: Proxy.Kind,
        password: String? = nil,
        resolvesNames: Bool
    ) throws -> Proxy {
        Proxy(
            kind,
            host: "127.0.0.1",
            port: try port(),
            username: password.map { _ in Self.secret(Self.username) },
            password: password.map(Self.secret),
            resolvesNames: resolvesNames
        )
    }

    private static func secret(_ text: String) -> Redacted<[UInt8]> { Redacted(Array(text.utf8)) }

    private struct Running: Sendable {
        let port: UInt16
        let process: LoopbackProcess

        init(_ proxy: RealProxy) throws {
            port = try LoopbackProcess.freePort()
            let command = try proxy.command(port)
            process = try LoopbackProcess(command, port: port)
            guard let file = command.last, file.hasSuffix(".conf") else { return }
            try FileManager.default.removeItem(atPath: file)
        }
    }

    private func command(_ port: UInt16) throws -> [String] {
        switch self {
        case .tinyproxy: try Self.tinyproxy(port, [])
        case .tinyproxyBasic:
            try Self.tinyproxy(port, ["BasicAuth \(Self.username) \(Self.password)"])
        case .tinyproxyWebOnly: try Self.tinyproxy(port, ["ConnectPort 443"])
        case .dante: try Self.dante(port, rule: "pass")
        case .danteClosed: try Self.dante(port, rule: "block")
        case .microsocks: ["/usr/bin/microsocks", "-i", "127.0.0.1", "-p", String(port)]
        case .microsocksUser:
            [
                "/usr/bin/microsocks", "-i", "127.0.0.1", "-p", String(port), "-u", Self.username,
                "-P", Self.password,
            ]
        case .openSSH: ["/bin/bash", "-c", Self.ssh, "ssh", String(port)]
        }
    }

    /// The sshd is a child of the ssh, with keys that both forget; as root it wants its folder.
    private static let ssh = """
        dir=$(mktemp -d)
        trap 'kill $!; rm -rf "$dir"' EXIT
        trap exit TERM
        [ "$(id -u)" != 0 ] || mkdir -p /run/sshd
        for name in key host; do ssh-keygen -q -t ed25519 -N '' -f "$dir/$name"; done
        cat >"$dir/conf" <<C
        HostKey $dir/host
        AuthorizedKeysFile $dir/key.pub
        StrictModes no
        UsePAM no
        PermitRootLogin yes
        C
        ssh -N -D "127.0.0.1:$1" -F /dev/null -i "$dir/key" -o BatchMode=yes \
            -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
            -o "ProxyCommand=/usr/sbin/sshd -i -f $dir/conf" localhost &
        wait
        """

    private static func tinyproxy(_ port: UInt16, _ more: [String]) throws -> [String] {
        let lines = ["Port \(port)", "Listen 127.0.0.1", "Timeout 60", "LogLevel Critical"] + more
        return ["/usr/bin/tinyproxy", "-d", "-c", try file(lines)]
    }

    private static func dante(_ port: UInt16, rule: String) throws -> [String] {
        let lines = [
            "internal: 127.0.0.1 port = \(port)", "external: 127.0.0.1",
            "clientmethod: none", "socksmethod: none", "user.unprivileged: \(NSUserName())",
            "client pass { from: 0/0 to: 0/0 }", "socks \(rule) { from: 0/0 to: 0/0 }",
        ]
        return ["/usr/sbin/danted", "-f", try file(lines)]
    }

    private static func file(_ lines: [String]) throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "proxy-\(UUID().uuidString).conf").path
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: path,
            atomically: true,
            encoding: .utf8
        )
        return path
    }
}
