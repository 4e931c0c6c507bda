import Foundation
import SMTP
import Testing

@Suite struct DocumentTests {
    @Test(arguments: [
        "README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/threat-model.md",
        "docs/specifications.md", "docs/verdicts.md", "docs/api.md", "docs/features.md",
    ])
    func `the document exists and says something`(_ path: String) throws {
        try #require(Repository.exists(path))
        let text = try String(contentsOfFile: Repository.root + "/" + path, encoding: .utf8)
        #expect(text.hasPrefix("# "))
        #expect(text.utf8.count > 500)
    }

    @Test func `the top of the repository holds what it should and nothing else`() throws {
        let expected: Set<String> = [
            "Package.swift", "Package.resolved", "Sources", "Tests", "Public", "Views",
            "migrations",
            "deploy", "docs", ".ci", "README.md", "CONTRIBUTING.md", ".swift-format", ".gitignore",
        ]
        let untracked: Set<String> = [".git", ".build", ".sendproof"]
        let found = try FileManager.default.contentsOfDirectory(atPath: Repository.root)
        #expect(Set(found).subtracting(expected).subtracting(untracked) == [])
    }

    @Test func `the list of verdicts names every code the program can give`() throws {
        let path = Repository.root + "/docs/verdicts.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let missing = VerdictCode.allCases.filter { !text.contains("`\($0.rawValue)`") }
        #expect(missing.map(\.rawValue) == [])
    }

    @Test func `every feature has a test that exists`() throws {
        let text = try String(
            contentsOfFile: Repository.root + "/docs/features.md",
            encoding: .utf8
        )
        let rows = text.split(separator: "\n").filter { $0.contains(/^\| (?:\d+|–) \|/) }
        #expect(rows.count > 130)
        let names = try Repository.files("Tests", ".swift").flatMap { file in
            file.lines.compactMap { $0.firstMatch(of: /func `([^`]+)`/)?.1 }
        }
        let tests = Set(names)
        for row in rows {
            let test = row.matches(of: /`([^`]+)`/).last?.1
            #expect(test.map { tests.contains($0) } == true, "\(row)")
        }
    }

    @Test func `every setting stands in the help of serve and in the README`() throws {
        let code = try String(
            contentsOfFile: Repository.root + "/Sources/sendproof/Settings.swift",
            encoding: .utf8
        )
        let keys = code.matches(of: /"((?:migration\.)?database\.url|sendproof\.[a-z0-9.]+)"/)
        let names = Set(keys.map { $0.1.replacing(".", with: "_").uppercased() })
        #expect(names.count > 20)
        for path in ["Sources/sendproof/Settings+Help.swift", "README.md"] {
            let text = try String(contentsOfFile: Repository.root + "/" + path, encoding: .utf8)
            #expect(names.filter { !text.contains($0) } == [], "\(path)")
        }
    }
}
