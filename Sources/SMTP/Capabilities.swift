/// What the relay offers after EHLO (RFC 5321, section 4.1.1.1).
struct Capabilities: Sendable, Equatable {
    /// Every keyword with its parameters, as the relay wrote it.
    let all: [String]
    /// SASL mechanisms in capitals, in the relay's order.
    let mechanisms: [String]
    let offersStartTLS: Bool
    /// RFC 6152.
    let offersEightBit: Bool
    /// RFC 6531.
    let offersUTF8: Bool
    /// RFC 2920.
    let offersPipelining: Bool
    /// RFC 3461.
    let offersDSN: Bool
    /// RFC 8689.
    let offersRequireTLS: Bool
    /// RFC 1870.
    let offersSize: Bool
    /// In bytes; nil when the relay names no limit.
    let sizeLimit: Int?

    /// None: before EHLO, and after HELO.
    static let none = Capabilities([])

    init(_ reply: Reply) {
        self.init(reply.lines.dropFirst().map { Transcript.text($0) })
    }

    private init(_ lines: [String]) {
        var mechanisms: [String] = []
        var keywords: [String: [Substring]] = [:]
        var sizes: [Int] = []
        for line in lines {
            let words = line.uppercased().utf8.split(separator: 0x20)
                .compactMap { Substring($0) }
            guard let keyword = words.first else { continue }
            // Old relays write "AUTH=LOGIN PLAIN" besides or instead.
            if keyword.utf8.starts(with: "AUTH=".utf8) {
                mechanisms += ([keyword.dropFirst(5)] + words.dropFirst()).map(String.init)
            } else if keyword == "AUTH" {
                mechanisms += words.dropFirst().map(String.init)
            } else {
                if keyword == "SIZE", let size = words.dropFirst().first.flatMap(Self.size) {
                    sizes.append(size)
                }
                keywords[String(keyword)] = Array(words.dropFirst())
            }
        }
        var seen: Set<String> = []
        self.all = lines
        self.mechanisms = mechanisms.filter { !$0.isEmpty && seen.insert($0).inserted }
        offersStartTLS = keywords["STARTTLS"] != nil
        offersEightBit = keywords["8BITMIME"] != nil
        offersUTF8 = keywords["SMTPUTF8"] != nil
        offersPipelining = keywords["PIPELINING"] != nil
        offersDSN = keywords["DSN"] != nil
        offersRequireTLS = keywords["REQUIRETLS"] != nil
        offersSize = keywords["SIZE"] != nil
        sizeLimit = sizes.min()
    }

    /// Nil for no fixed limit (zero), and for a number that is none or larger than any message.
    private static func size(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let size = Int(text), size > 0
        else { return nil }
        return size
    }
}
