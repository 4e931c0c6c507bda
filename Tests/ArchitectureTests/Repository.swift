import Foundation
import TestSupport

/// A file of the repository, by its path below the top.
struct SourceFile {
    let path: String
    let lines: [String]

    var name: String { path.components(separatedBy: "/").last ?? path }
    /// The folder below `Sources` or `Tests`.
    var module: String { path.components(separatedBy: "/").dropFirst().first ?? "" }
}

/// The files these tests look at.
enum Repository {
    static let root = TestCluster.repository

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    /// All files below `folder` whose names end with `suffix`, sorted by path.
    static func files(_ folder: String, _ suffix: String) throws -> [SourceFile] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
        return try paths.filter { $0.hasSuffix(suffix) }.sorted().map { path in
            let text = try String(contentsOfFile: "\(root)/\(folder)/\(path)", encoding: .utf8)
            var lines = text.components(separatedBy: "\n")
            if lines.last == "" { lines.removeLast() }
            return SourceFile(path: "\(folder)/\(path)", lines: lines)
        }
    }
}

/// The lines of `files` that hold one of `patterns`, as `path:line: pattern`.
func findings(of patterns: [String], in files: [SourceFile]) -> [String] {
    files.flatMap { file in
        file.lines.enumerated().flatMap { index, line in
            patterns.filter { line.contains($0) }.map { "\(file.path):\(index + 1): \($0)" }
        }
    }
}
