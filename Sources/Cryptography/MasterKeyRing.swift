/// The keys that wrap every tenant's data key, by name; the first one seals, all of them open.
///
/// The key file has one `name:key` a line, the key being 32 bytes in Base64; `#` begins a comment
/// line, empty lines do not count.
package struct MasterKeyRing: Sendable {
    /// Bytes of a master key.
    package static let keyLength = AESGCM.keyLength

    /// The names in the order of the file, the active one first.
    package let ids: [KeyID]
    /// The key that seals.
    package let activeID: KeyID
    private let keys: [KeyID: SecretBytes]

    /// Reads the text of a key file; throws `invalidKeyFile` with the number of the line.
    package init(parsing text: SecretBytes) throws {
        var ids: [KeyID] = []
        var keys: [KeyID: SecretBytes] = [:]
        try text.withPointer { text in
            let lines = text.split(
                separator: UInt8(ascii: "\n"),
                omittingEmptySubsequences: false
            )
            for (index, line) in lines.enumerated() {
                guard let (id, key) = try Self.entry(line, number: index + 1) else { continue }
                guard keys.updateValue(key, forKey: id) == nil else {
                    throw Self.invalid("the name \(id) is there twice", line: index + 1)
                }
                ids.append(id)
            }
        }
        guard let first = ids.first else {
            throw CryptographyError(.invalidKeyFile, "there is no key in it")
        }
        self.ids = ids
        self.keys = keys
        activeID = first
    }

    /// The key of that name; throws `unknownKey` when it is not in the ring.
    package func key(_ id: KeyID) throws -> SecretBytes {
        guard let key = keys[id] else {
            throw CryptographyError(.unknownKey, "master key \(id)")
        }
        return key
    }

    /// A line with a fresh key, with its newline, for the front of a key file.
    package static func generate(id: KeyID, random: RandomSource) -> SecretBytes {
        let key = random.secret(count: keyLength)
        var line = Array("\(id):".utf8)
        line.reserveCapacity(128)
        line += key.withPointer { SixtyFourAlphabet.standard.encode($0, padded: true) }
        line.append(UInt8(ascii: "\n"))
        return SecretBytes(taking: &line)
    }
}

extension MasterKeyRing {
    typealias Line = Slice<UnsafeRawBufferPointer>

    /// The key of a line; nil for a comment or an empty line.
    static func entry(_ line: Line, number: Int) throws -> (KeyID, SecretBytes)? {
        let line = trimmed(line)
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw invalid("there is no colon", line: number)
        }
        guard let id = try? KeyID(bytes: line[..<colon]) else {
            // The one reason a name has to be refused is said better with the line's number.
            throw invalid("the name is not 1 to 32 of a-z, 0-9 and -", line: number)
        }
        return (id, try key(line[line.index(after: colon)...], number: number))
    }

    private static func key(_ text: Line, number: Int) throws -> SecretBytes {
        var bytes: [UInt8]
        do {
            bytes = try SixtyFourAlphabet.standard.decode(text, padded: true)
        } catch {
            throw invalid("the key is not valid Base64", line: number)
        }
        let key = SecretBytes(taking: &bytes)
        guard key.count == keyLength else {
            throw invalid("the key has \(key.count) bytes, not \(keyLength)", line: number)
        }
        return key
    }

    private static func trimmed(_ line: Line) -> Line {
        var line = line
        while let last = line.last, isBlank(last) { line.removeLast() }
        while let first = line.first, isBlank(first) { line.removeFirst() }
        return line
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func invalid(_ reason: String, line: Int) -> CryptographyError {
        CryptographyError(.invalidKeyFile, "line \(line): \(reason)")
    }
}
