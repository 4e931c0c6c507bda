/// Finds out where everything stands in a JSON text; at most 32 levels deep.
struct VaultJSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    private static let maximumDepth = 32

    private struct Malformed: Error {}

    /// Nil for what is no JSON, or followed by something.
    static func parse(_ bytes: [UInt8]) -> VaultJSON.Node? {
        var parser = VaultJSONParser(bytes: bytes)
        do throws(Malformed) {
            let node = try parser.value()
            parser.skipSpace()
            return parser.position == bytes.count ? node : nil
        } catch {
            return nil
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(Malformed) -> VaultJSON.Node {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func enter() throws(Malformed) {
        position += 1
        depth += 1
        guard depth <= Self.maximumDepth else { throw Malformed() }
    }

    private mutating func object() throws(Malformed) -> VaultJSON.Node {
        try enter()
        defer { depth -= 1 }
        var members: [(name: String, value: VaultJSON.Node)] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            let name = Self.unescape(bytes[try text()])
            guard take(UInt8(ascii: ":")) else { throw Malformed() }
            members.append((String(decoding: name, as: UTF8.self), try value()))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw Malformed() }
        return .object(members)
    }

    private mutating func array() throws(Malformed) -> VaultJSON.Node {
        try enter()
        defer { depth -= 1 }
        var elements: [VaultJSON.Node] = []
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw Malformed() }
        return .array(elements)
    }

    private mutating func word(
        _ word: String,
        _ node: VaultJSON.Node
    ) throws(Malformed) -> VaultJSON.Node {
        guard bytes[position...].starts(with: word.utf8) else { throw Malformed() }
        position += word.utf8.count
        return node
    }

    /// `-`, digits, a fraction and an exponent, as far as they are there.
    private mutating func number() throws(Malformed) -> Range<Int> {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        try digits()
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return start..<position
    }

    private mutating func digits() throws(Malformed) {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw Malformed() }
    }

    /// What stands between the quotes; its escapes are found to be whole.
    private mutating func text() throws(Malformed) -> Range<Int> {
        guard next == UInt8(ascii: "\"") else { throw Malformed() }
        position += 1
        let start = position
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return start..<(position - 1)
            case UInt8(ascii: "\\"): try skipEscape()
            case 0..<0x20: throw Malformed()
            default: position += 1
            }
        }
        throw Malformed()
    }

    private mutating func skipEscape() throws(Malformed) {
        position += 1
        guard let byte = next else { throw Malformed() }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count,
                bytes[position..<(position + 4)].allSatisfy({ Self.digit($0) != nil })
            else { throw Malformed() }
            position += 4
        default: throw Malformed()
        }
    }
}

extension VaultJSONParser {
    /// The bytes that a text stands for, in UTF-8; its escapes are whole.
    static func unescape(_ text: ArraySlice<UInt8>) -> [UInt8] {
        // Once and for all: a growing array would leave copies of a secret behind.
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                output.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"): append(scalar(&rest), to: &output)
            default: output.append(kind)
            }
        }
        return output
    }

    /// Half a surrogate pair gives the replacement character.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let first = unit(&rest)
        guard (0xD800..<0xE000).contains(first) else { return first }
        let marks = [UInt8(ascii: "\\"), UInt8(ascii: "u")]
        guard first < 0xDC00, rest.starts(with: marks) else { return 0xFFFD }
        var next = rest.dropFirst(2)
        let second = unit(&next)
        guard (0xDC00..<0xE000).contains(second) else { return 0xFFFD }
        rest = next
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let digits = rest.prefix(4).compactMap(Self.digit)
        rest = rest.dropFirst(4)
        return digits.reduce(0) { $0 << 4 | UInt32($1) }
    }

    private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: output.append(UInt8(scalar))
        case 0x80..<0x800:
            output.append(0xC0 | UInt8(scalar >> 6))
            output.append(0x80 | UInt8(scalar & 63))
        case 0x800..<0x10000:
            output.append(0xE0 | UInt8(scalar >> 12))
            output.append(0x80 | UInt8(scalar >> 6 & 63))
            output.append(0x80 | UInt8(scalar & 63))
        default:
            output.append(0xF0 | UInt8(scalar >> 18 & 7))
            output.append(0x80 | UInt8(scalar >> 12 & 63))
            output.append(0x80 | UInt8(scalar >> 6 & 63))
            output.append(0x80 | UInt8(scalar & 63))
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
