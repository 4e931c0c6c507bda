import CLinux
import Glibc
import Testing

@testable import Sockets

@Suite struct ResolverTests {
    /// Resolves `host` against a name server that answers with `behaviour`.
    private func resolve(
        _ host: String,
        _ behaviour: ScriptedNameServer.Behaviour,
        patience: Duration = .seconds(10)
    ) async throws -> Result<[SocketAddress], ResolverError> {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let server = try ScriptedNameServer(behaviour, loop: loop)
            let serving = Task(executorPreference: loop) { await server.serve() }
            defer { server.stop() }
            let resolver = Resolver(servers: [server.address])
            do throws(ResolverError) {
                let addresses = try await resolver.resolve(
                    host,
                    port: 25,
                    on: loop,
                    until: .after(patience)
                )
                server.stop()
                await serving.value
                return .success(addresses)
            } catch {
                return .failure(error)
            }
        }
    }

    private func kind(_ result: Result<[SocketAddress], ResolverError>) -> ResolverError.Kind? {
        guard case .failure(let error) = result else { return nil }
        return error.kind
    }

    @Test func `both families of a name are returned with the port`() async throws {
        let addresses = try await resolve(
            "relay.test.",
            .addresses(ipv4: [127, 0, 0, 9], ipv6: [UInt8](repeating: 0, count: 15) + [1])
        ).get()
        #expect(Set(addresses.map(\.description)) == ["127.0.0.9:25", "[::1]:25"])
    }

    @Test func `a name that does not exist is told from one without an address`() async throws {
        #expect(kind(try await resolve("nobody.test.", .code(3))) == .notFound)
        #expect(kind(try await resolve("empty.test.", .code(0))) == .noAddress)
    }

    @Test func `a failing name server is told from a silent one`() async throws {
        #expect(kind(try await resolve("relay.test.", .code(2))) == .serverFailure)
        let silent = try await resolve("relay.test.", .silence, patience: .milliseconds(200))
        #expect(kind(silent) == .timedOut)
    }

    @Test(arguments: ["127.0.0.1", "::1", "localhost", "LOCALHOST."])
    func `numbers and localhost need no name server`(host: String) async throws {
        let addresses = try await resolve(host, .code(2)).get()
        #expect(addresses.count == 1)
        #expect(addresses.first?.isLoopback == true)
        #expect(addresses.first?.port == 25)
    }

    @Test func `a name under invalid does not exist whatever a name server says`() async throws {
        let lie = ScriptedNameServer.Behaviour.addresses(ipv4: [192, 0, 2, 1], ipv6: [])
        #expect(kind(try await resolve("nonexistent.invalid", lie)) == .notFound)
    }

    /// The mail exchangers of `domain`, asked of a name server that answers with `behaviour`.
    private func exchangers(
        _ behaviour: ScriptedNameServer.Behaviour,
        patience: Duration = .seconds(10)
    ) async throws -> Result<[MailExchanger], ResolverError> {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        return try await EventLoopGroup.run(on: loop) {
            let server = try ScriptedNameServer(behaviour, loop: loop)
            let serving = Task(executorPreference: loop) { await server.serve() }
            let result: Result<[MailExchanger], ResolverError>
            do throws(ResolverError) {
                result = .success(
                    try await Resolver(servers: [server.address]).mailExchangers(
                        of: "example.test",
                        on: loop,
                        until: .after(patience)
                    )
                )
            } catch {
                result = .failure(error)
            }
            server.stop()
            await serving.value
            return result
        }
    }

    @Test func `mail exchangers come with their preference, the root as no host`() async throws {
        let records: [(UInt16, [UInt8])] = [
            (10, [3] + Array("one".utf8) + [4] + Array("test".utf8) + [0]), (0, [0]),
        ]
        let found = try await exchangers(.exchangers(records)).get()
        #expect(
            Set(found) == [
                MailExchanger(preference: 10, host: "one.test"),
                MailExchanger(preference: 0, host: ""),
            ]
        )
    }

    @Test(arguments: [
        (UInt8(3), ResolverError.Kind.notFound), (0, .noAddress), (2, .serverFailure),
        (5, .serverFailure),
    ])
    func `each answer without mail exchangers is told from the others`(
        code: UInt8,
        expected: ResolverError.Kind
    ) async throws {
        guard case .failure(let error) = try await exchangers(.code(code)) else {
            Issue.record("found some")
            return
        }
        #expect(error.kind == expected)
    }

    @Test(arguments: [ScriptedNameServer.Behaviour.silence, .garbage])
    func `without a usable answer mail exchangers time out`(
        behaviour: ScriptedNameServer.Behaviour
    ) async throws {
        let found = try await exchangers(behaviour, patience: .milliseconds(300))
        guard case .failure(let error) = found else {
            Issue.record("found some")
            return
        }
        #expect(error.kind == .timedOut)
    }

    @Test func `a record that is cut off is a failure of the server`() async throws {
        let found = try await exchangers(.exchangers([(10, [60, 65, 66])]))
        guard case .failure(let error) = found else {
            Issue.record("found some")
            return
        }
        #expect(error.kind == .serverFailure)
    }

    @Test func `a cancelled look-up ends at once`() async throws {
        let group = try EventLoopGroup(count: 1)
        defer { group.stop() }
        let loop = group.loops[0]
        try await EventLoopGroup.run(on: loop) {
            let server = try ScriptedNameServer(.silence, loop: loop)
            defer { server.stop() }
            let address = server.address
            let looking = Task(executorPreference: loop) { () async -> ResolverError.Kind? in
                do throws(ResolverError) {
                    _ = try await Resolver(servers: [address])
                        .resolve("relay.test", port: 25, on: loop, until: .never)
                    return nil
                } catch {
                    return error.kind
                }
            }
            looking.cancel()
            #expect(await looking.value == .cancelled)
        }
    }
}

/// A name server on loopback that gives every question the same kind of answer.
final class ScriptedNameServer: @unchecked Sendable {
    // @unchecked: confined to the loop's thread.
    enum Behaviour: Sendable {
        case addresses(ipv4: [UInt8], ipv6: [UInt8])
        /// Preferences, and hosts as labels on the wire.
        case exchangers([(UInt16, [UInt8])])
        case code(UInt8)
        /// Bytes that are no answer.
        case garbage
        case silence
    }

    let address: SocketAddress
    private let behaviour: Behaviour
    private let descriptor: Int32
    private let readiness: Readiness
    private var isOpen = true

    init(_ behaviour: Behaviour, loop: EventLoop) throws {
        self.behaviour = behaviour
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        self.descriptor = descriptor
        let any = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let bound = any.withSystemAddress { bind(descriptor, $0, $1) }
        try #require(bound == 0)
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        address = try #require(SocketAddress(storage: storage))
        readiness = try Readiness(descriptor: descriptor, loop: loop, trigger: .level)
    }

    func serve() async {
        while isOpen, await readiness.wait(for: .read, until: .never) == .ready { answer() }
    }

    func stop() {
        guard isOpen else { return }
        isOpen = false
        readiness.stop()
        close(descriptor)
    }

    private func answer() {
        var query = [UInt8](repeating: 0, count: 512)
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { sender in
                let count = recvfrom(descriptor, &query, query.count, 0, sender, &size)
                guard count > 12, let reply = reply(to: Array(query.prefix(count))) else { return }
                sendto(descriptor, reply, reply.count, 0, sender, size)
            }
        }
    }

    private func reply(to query: [UInt8]) -> [UInt8]? {
        guard let end = query[12...].firstIndex(of: 0), query.count >= end + 5 else { return nil }
        let question = Array(query[12..<end + 5])
        let isIPv6 = query[end + 2] == 28
        var code: UInt8 = 0
        var data: [UInt8] = []
        switch behaviour {
        case .silence: return nil
        case .garbage: return [UInt8](repeating: 0xFF, count: 40)
        case .exchangers(let records): return Self.reply(to: query, question, records)
        case .code(let given): code = given
        case .addresses(let ipv4, let ipv6): data = isIPv6 ? ipv6 : ipv4
        }
        let header: [UInt8] = [0x81, 0x80 | code, 0, 1, 0, data.isEmpty ? 0 : 1, 0, 0, 0, 0]
        let record: [UInt8] = [0xC0, 12, 0, isIPv6 ? 28 : 1, 0, 1, 0, 0, 0, 60, 0]
        let answer = data.isEmpty ? [] : record + [UInt8(data.count)] + data
        return Array(query.prefix(2)) + header + question + answer
    }

    private static func reply(
        to query: [UInt8],
        _ question: [UInt8],
        _ exchangers: [(UInt16, [UInt8])]
    ) -> [UInt8] {
        let answers = exchangers.flatMap { preference, host -> [UInt8] in
            let data = [UInt8(preference >> 8), UInt8(preference & 0xFF)] + host
            return [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, UInt8(data.count)] + data
        }
        let header: [UInt8] = [0x81, 0x80, 0, 1, 0, UInt8(exchangers.count), 0, 0, 0, 0]
        return Array(query.prefix(2)) + header + question + answers
    }
}
