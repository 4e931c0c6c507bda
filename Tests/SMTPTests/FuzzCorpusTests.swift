import Foundation
import Testing

@testable import SMTP

/// What the fuzzer (`deploy/fuzz`) found worth keeping, once more.
@Suite struct FuzzCorpusTests {
    private static func corpus() throws -> [URL] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")
        return try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        )
    }

    @Test func `every input of the corpus keeps the rules`() throws {
        let files = try Self.corpus()
        #expect(files.count >= 50)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(throws: Never.self, "\(file.lastPathComponent)") {
                try FuzzedInput.run(bytes)
            }
        }
    }

    @Test func `inputs made by chance keep the rules`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 1...100, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: Never.self, "\(bytes)") { try FuzzedInput.run(bytes) }
        }
    }
}
