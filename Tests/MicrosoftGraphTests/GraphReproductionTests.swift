import Foundation
import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets
import TestCertificates
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(2))) struct GraphReproductionTests {
    @Test func `the commands get a token and send the message from a shell`() async throws {
        let names = ["DNS:login.microsoftonline.com", "DNS:graph.microsoft.com"]
        try await withGraphServer(names: names) { server in
            let group = try EventLoopGroup(count: 1)
            defer { group.stop() }
            let engine = GraphScene.engine(server)
            let scene = GraphScene(server: server, loop: group.loops[0], engine: engine)
            let folder = try Folder()
            defer { folder.remove() }
            // curl finds Microsoft's hosts here, and trusts what answers.
            try folder.write(
                ".curlrc",
                """
                connect-to = "login.microsoftonline.com:443:127.0.0.1:\(server.port)"
                connect-to = "graph.microsoft.com:443:127.0.0.1:\(server.port)"
                cacert = "\(folder.path)/ca.pem"
                """
            )
            try folder.write(
                "ca.pem",
                String(decoding: server.authority.certificatePEM, as: UTF8.self)
            )
            let message = try scene.message()
            try folder.write("MESSAGE.eml", String(decoding: message.encoded(), as: UTF8.self))
            try folder.write(
                "MESSAGE.json",
                String(decoding: GraphMessage(message).body, as: UTF8.self)
            )
            for saves in [true, false] {
                let commands = GraphReproduction.commands(for: try scene.account(saves: saves))
                try #require(commands.count == 2)
                #expect(!commands.joined().contains("s3cret"))
                let answer = try folder.bash(commands[0], input: GraphRules().clientSecret + "\n")
                let json = try JSON(parsing: Array(answer.utf8))
                let token = try #require(json["access_token"]?.text)
                _ = try folder.bash(commands[1], token: token)
            }
            let taken = server.rules.taken
            #expect(taken.map(\.isSaved) == [true, false])
            #expect(taken.first?.mime == message.encoded())
        }
    }

    @Test func `the commands go through the proxy and hold no shell's words`() async throws {
        try await GraphScene.run { scene in
            var account = try scene.account(client: "a'; rm -rf $(x)")
            account.proxy = .fixed(
                Proxy(.tunnel, host: "proxy.test", port: 3128, username: Redacted([0x61]))
            )
            let commands = GraphReproduction.commands(for: account)
            for command in commands {
                #expect(command.contains("--proxy http://proxy.test:3128 --proxytunnel"))
                #expect(command.contains("--proxy-user USERNAME"))
            }
            #expect(commands[0].contains(#"'client_id=a'\''; rm -rf $(x)'"#))
        }
    }
}

/// A folder of its own for a shell.
private struct Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "graph-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)  // The system cleans up what stays.
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func bash(_ command: String, input: String = "", token: String = "") throws -> String {
        let process = Process()
        let (standardInput, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.environment = [
            "PATH": "/usr/bin:/bin", "CURL_HOME": path, "HOME": path, "TOKEN": token,
        ]
        process.currentDirectoryURL = URL(filePath: path)
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
