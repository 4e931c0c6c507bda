/// Finds the relay's name for an accepted message in its words.
enum QueueID {
    /// Nil when the words follow none of the known patterns.
    static func find(in reply: Reply) -> String? {
        let words = reply.text.utf8.split(separator: 0x20).map { String(Substring($0)) }
        return after("as", in: words, following: "queued")  // Postfix, OpenSMTPD
            ?? words.lazy.compactMap { value(of: "id=", in: $0) }.first  // Exim
            ?? words.lazy.compactMap { value(of: "[InternalId=", in: $0) }.first  // Exchange
            ?? before("Message", in: words)  // Sendmail: "… Message accepted for delivery"
            ?? google(words)
            ?? alone(words)
    }

    private static func after(
        _ word: String,
        in words: [String],
        following: String
    ) -> String? {
        guard let index = words.firstIndex(of: word), index > 0,
            words[index - 1].lowercased() == following, index + 1 < words.count
        else { return nil }
        return trimmed(words[index + 1])
    }

    private static func before(_ word: String, in words: [String]) -> String? {
        guard let index = words.firstIndex(of: word), index > 0, index + 1 < words.count,
            words[index + 1] == "accepted"
        else { return nil }
        return trimmed(words[index - 1])
    }

    private static func value(of key: String, in word: String) -> String? {
        guard word.utf8.starts(with: key.utf8) else { return nil }
        return trimmed(String(word.dropFirst(key.count)))
    }

    // Google: `OK  1612345678 abc.123 - gsmtp`.
    private static func google(_ words: [String]) -> String? {
        guard words.count > 3, words.suffix(2) == ["-", "gsmtp"] else { return nil }
        return trimmed(words[words.count - 3])
    }

    // Amazon SES: `Ok 0100018f…`.
    private static func alone(_ words: [String]) -> String? {
        guard words.count == 2, words[0].lowercased() == "ok" else { return nil }
        return trimmed(words[1])
    }

    private static func trimmed(_ word: String) -> String? {
        let marks = Array("[]<>(),;.\"".utf8)
        let bytes = word.utf8.drop { marks.contains($0) }.reversed().drop { marks.contains($0) }
        return bytes.isEmpty ? nil : String(decoding: bytes.reversed(), as: UTF8.self)
    }
}
