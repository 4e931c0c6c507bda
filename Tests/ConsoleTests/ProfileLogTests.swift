import Foundation
import Testing

/// The page with the last lines of a profile's log file.
@Suite struct ProfileLogTests {
    private func write(_ lines: [String], _ tenant: String, _ scene: ConsoleScene) throws {
        let folder = scene.logFolder.appending(path: tenant)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = lines.joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: folder.appending(path: "mail.txt"))
    }

    @Test func `a tenant reads the last lines of its own file, and of no other tenant's`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let logging = ["name": "Logged", "fileLog": "on", "logFileName": "mail.txt"]
            let profile = try await Furniture.makeProfile(otto, "borealis", logging)
            let path = "/t/borealis/email/profiles/\(profile)"
            #expect(try await otto.get(path).body.contains(#"href="\#(path)/log""#))
            #expect(try await otto.get(path + "/log").body.contains("There is no line yet."))
            try write((1...150).map { "said=\"<b>\($0)</b>\"" }, "borealis", scene)
            try write(["of the other tenant"], "cassini", scene)
            let page = try await otto.get(path + "/log")
            #expect(page.status == 200)
            #expect(page.body.contains("&lt;b&gt;51&lt;/b&gt;"))
            #expect(page.body.contains("&lt;b&gt;150&lt;/b&gt;"))
            #expect(!page.body.contains("&gt;50&lt;"))
            #expect(!page.body.contains("<b>") && !page.body.contains("of the other tenant"))
            let cleo = try await scene.visitor(.cleo)
            let theirs = try await Furniture.makeProfile(cleo, "cassini", logging)
            let other = try await cleo.get("/t/cassini/email/profiles/\(theirs)/log")
            #expect(other.body.contains("of the other tenant"))
            #expect(try await cleo.get(path + "/log").status == 404)
        }
    }

    @Test func `without a file, and with one that is a link, the page says so`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let plain = try await Furniture.makeProfile(otto, "borealis")
            let page = try await otto.get("/t/borealis/email/profiles/\(plain)/log")
            #expect(page.body.contains("This profile writes to no file."))
            let profile = try await Furniture.makeProfile(
                otto,
                "borealis",
                ["name": "Logged", "fileLog": "on", "logFileName": "mail.txt"]
            )
            try write(["x"], "cassini", scene)
            let folder = scene.logFolder.appending(path: "borealis")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "mail.txt"),
                withDestinationURL: scene.logFolder.appending(path: "cassini/mail.txt")
            )
            let linked = try await otto.get("/t/borealis/email/profiles/\(profile)/log")
            #expect(linked.status == 200)
            #expect(linked.body.contains("is not a plain file"))
        }
    }
}
