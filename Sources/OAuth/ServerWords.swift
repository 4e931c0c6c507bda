package import Observability

/// Makes what a server says fit to be shown: one line, and nothing that it was told in confidence.
package struct ServerWords: Sendable {
    /// The longest first.
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
        let found = secret.reveal { [$0, FormEncoding.encode($0)] }
            .filter { $0.count >= Self.shortestNeedle }.map { Redacted($0) }
        needles = (needles + found).sorted { $0.reveal(\.count) > $1.reveal(\.count) }
    }

    /// One line without secrets, control characters, marks of the text direction, or an end that
    /// does not come.
    package func text(_ words: String) -> String {
        var output: [UInt8] = []
        // Onwards only: a mark may itself hold what is looked for.
        var rest = Array(words.utf8)[...]
        while let byte = rest.first {
            if let length = length(ofSecretAtStartOf: rest) {
                output += Self.mark.utf8
                rest = rest.dropFirst(length)
            } else {
                output.append(byte)
                rest = rest.dropFirst()
            }
        }
        return Self.clean(String(decoding: output, as: UTF8.self))
    }

    /// Of the longest.
    private func length(ofSecretAtStartOf bytes: ArraySlice<UInt8>) -> Int? {
        for needle in needles {
            let length = needle.reveal { bytes.starts(with: $0) ? $0.count : 0 }
            if length > 0 { return length }
        }
        return nil
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
