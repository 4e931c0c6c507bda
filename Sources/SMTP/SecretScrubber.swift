import Observability

/// Blacks out the credentials in what the relay says, should it repeat them.
struct SecretScrubber: Sendable {
    private var needles: [Redacted<[UInt8]>]

    static let mark = Array("[redacted]".utf8)
    /// A shorter password is found in harmless words.
    static let shortest = 4

    init(username: Redacted<[UInt8]>?, password: Redacted<[UInt8]>?) {
        var needles: [[UInt8]] = []
        let name = username?.reveal { $0 } ?? []
        let word = password?.reveal { $0 } ?? []
        if !word.isEmpty {
            needles = [Base64.encode([0] + name + [0] + word), Base64.encode(word), word]
        }
        if !name.isEmpty { needles.append(Base64.encode(name)) }
        self.needles = needles.filter { $0.count >= Self.shortest }.map { Redacted($0) }
    }

    /// Blacks out from now on what was said in an exchange, already base64.
    mutating func learn(_ response: Redacted<[UInt8]>) {
        if response.reveal({ $0.count >= Self.shortest }) { needles.append(response) }
    }

    func scrub(_ line: [UInt8]) -> [UInt8] {
        needles.reduce(line) { line, needle in
            needle.reveal { Self.replace($0, in: line) }
        }
    }

    private static func replace(_ needle: [UInt8], in line: [UInt8]) -> [UInt8] {
        func isHit(_ index: Int) -> Bool {
            line[index] == needle[0] && line[index...].starts(with: needle)
        }
        // Nearly no line repeats a secret, and such a line stays as it is.
        guard line.count >= needle.count, line.indices.contains(where: isHit) else { return line }
        var output: [UInt8] = []
        var index = 0
        while index < line.count {
            if isHit(index) {
                output += mark
                index += needle.count
            } else {
                output.append(line[index])
                index += 1
            }
        }
        return output
    }
}
