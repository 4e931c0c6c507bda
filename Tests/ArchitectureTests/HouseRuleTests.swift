import Foundation
import Testing

@Suite struct HouseRuleTests {
    let files: [SourceFile]

    init() throws {
        files = try Repository.files("Sources", ".swift")
    }

    @Test func `no module, file or type has a name that says nothing`() {
        let words = [
            "Core", "Common", "Utils", "Util", "Shared", "Helper", "Manager", "Base", "Impl",
        ]
        let kinds = ["struct ", "class ", "enum ", "actor ", "protocol ", "typealias "]
        // "Core" there is the memory's image, a word of the system.
        let exempt = ["CoreDumps"]
        let wrong = files.flatMap { file in
            let names =
                [file.module, String(file.name.dropLast(6))]
                + file.lines.compactMap { line in
                    kinds.compactMap { Self.word(after: $0, in: line) }.first
                }
            return names.filter { !exempt.contains($0) }.filter { name in
                Self.words(of: name).contains { words.contains($0) }
            }
            .map { "\(file.path): \($0)" }
        }
        #expect(wrong == [])
    }

    @Test func `a name is taken apart at its capitals`() {
        #expect(Self.words(of: "ProfileManager+Row") == ["Profile", "Manager", "Row"])
        #expect(Self.words(of: "Base64URL").first == "Base64")
        #expect(Self.word(after: "struct ", in: "package struct Host: Sendable {") == "Host")
    }

    @Test func `nothing crashes on purpose and nothing is left to do`() {
        let patterns = ["fatalError(", "try!", "TODO", "FIXME", "XXX"]
        #expect(findings(of: patterns, in: files) == [])
    }

    @Test func `an error is dropped only with the reason beside it`() {
        let wrong = files.flatMap { file in
            file.lines.indices.filter { index in
                let line = file.lines[index]
                let isDropped = line.contains(/\btry\?/) && !Self.isComment(line)
                let before = index > 0 ? file.lines[index - 1] : ""
                let after = index + 1 < file.lines.count ? file.lines[index + 1] : ""
                let isExplained = [before, after].contains { Self.isComment($0) }
                return isDropped && !line.contains("//") && !isExplained
            }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(wrong == [])
    }

    @Test func `control and delimiter characters are searched as bytes`() {
        let characters = [
            #""\n""#, #""\r""#, #""\r\n""#, #""\0""#, #""\t""#, #""\u{0}""#, #""@""#, #""<""#,
            #"">""#, #"":""#, #"";""#, #""=""#, #"",""#, #""-""#, #"".""#, #""/""#, #""\"""#,
        ]
        let calls = [
            ".contains(", ".split(separator: ", ".firstIndex(of: ", ".lastIndex(of: ",
            ".components(separatedBy: ",
        ]
        let found = findings(
            of: calls.flatMap { call in characters.map { call + $0 } },
            in: files
        )
        let unread = found.filter { finding in !Self.reviewed.contains { finding.hasPrefix($0) } }
        #expect(unread == [])
        #expect(findings(of: ["isNewline"], in: files) == [])
        #expect(findings(of: [#".contains("\n""#], in: [Self.example]).count == 1)
    }

    private static let example = SourceFile(
        path: "Sources/Example.swift",
        lines: [#"if text.contains("\n") {}"#]
    )

    /// Searches in text that was found to be plain ASCII before, or is the program's own.
    private static let reviewed = [
        "Sources/HTTP/ContentType.swift", "Sources/HTTP/StaticFile.swift",
        "Sources/Mail/HostName.swift", "Sources/SMTP/QueueID.swift",
    ]

    private static func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }

    private static func word(after prefix: String, in line: String) -> String? {
        guard !isComment(line), let start = line.range(of: prefix)?.upperBound else { return nil }
        let before = line[..<line.index(start, offsetBy: -prefix.count)]
        let isDeclaration = before.split(separator: " ").allSatisfy {
            modifiers.contains(String($0))
        }
        guard isDeclaration else { return nil }
        return String(line[start...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    private static let modifiers = [
        "package", "private", "fileprivate", "public", "final", "indirect", "@dynamicMemberLookup",
    ]

    private static func words(of name: String) -> [String] {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty {
                words.append(String(character))
            } else if character.isLetter || character.isNumber {
                words[words.count - 1].append(character)
            }
        }
        return words
    }
}
