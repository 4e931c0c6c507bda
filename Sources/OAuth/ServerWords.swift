package import Observability

/// Makes what a server says fit to be shown: one line, and nothing that it was told in confidence.
package struct ServerWords: Sendable {
    private var needles: [Redacted<[UInt8]>]

    /// Stands where a secret stood.
    package static let mark = "[redacted]"
    private static let longestText = 600
    /// A shorter secret is found in harmless words.
    private static let shortestNeedle = 4

    package init(without secrets: [Redacted<[UInt8]>] = []) {
        needles = []
        for secret in secrets { learn(secret) }
    }

    /// Blacks this out from now on, as it is and as a form writes it.
    package mutating func learn(_ secret: Redacted<[UInt8]>) {
        needles += secret.reveal { [$0, FormEncoding.encode($0)] }
            .filter { $0.count >= Self.shortestNeedle }.map { Redacted($0) }
    }

    /// One line without secrets, control characters, marks of the text direction, or an end that
    /// does not come.
    package func text(_ words: String) -> String {
        var bytes = Array(words.utf8)
        for needle in needles {
            needle.reveal { bytes = Self.replace($0, in: bytes) }
        }
        return Self.clean(String(decoding: bytes, as: UTF8.self))
    }

    /// Onwards only: the mark itself may hold what is looked for.
    private static func replace(_ needle: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var rest = bytes[...]
        while let found = rest.firstRange(of: needle) {
            output += rest[..<found.lowerBound]
            output += mark.utf8
            rest = rest[found.upperBound...]
        }
        return output + rest
    }

    /// Without control characters, marks of the text direction, and an end that does not come.
    package static func clean(_ words: String) -> String {
        var output = ""
        for scalar in words.unicodeScalars.prefix(longestText) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                output.unicodeScalars.append(" ")
            default: output.unicodeScalars.append(scalar)
            }
        }
        return words.unicodeScalars.count > longestText ? output + " …" : output
    }
}
