import Observability

/// JSON of a vault's answer (RFC 8259), read where it lies: what is secret in it becomes bytes
/// without ever having been a `String`.
struct VaultJSON: Sendable {
    indirect enum Node: Sendable {
        case null
        case flag(Bool)
        /// Where the number stands.
        case number(Range<Int>)
        /// Where the text stands, without its quotes.
        case text(Range<Int>)
        case array([Node])
        case object([(name: String, value: Node)])
    }

    let node: Node
    private let source: Redacted<[UInt8]>

    /// Nil for what is no JSON.
    init?(_ source: Redacted<[UInt8]>) {
        guard let node = source.reveal(VaultJSONParser.parse) else { return nil }
        self.init(node: node, source: source)
    }

    private init(node: Node, source: Redacted<[UInt8]>) {
        self.node = node
        self.source = source
    }

    /// The first member of that name, byte for byte; nil for null, as for none.
    subscript(name: String) -> VaultJSON? {
        guard case .object(let members) = node,
            let found = members.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return nil }
        if case .null = found.value { return nil }
        return VaultJSON(node: found.value, source: source)
    }

    /// Names of an object's members in their order; nil for anything else.
    var names: [String]? {
        guard case .object(let members) = node else { return nil }
        return members.map(\.name)
    }

    var elements: [VaultJSON]? {
        guard case .array(let elements) = node else { return nil }
        return elements.map { VaultJSON(node: $0, source: source) }
    }

    /// For what is no secret.
    var text: String? {
        guard case .text = node else { return nil }
        return secret?.reveal { String(decoding: $0, as: UTF8.self) }
    }

    /// A whole number.
    var number: Int? {
        guard case .number(let range) = node else { return nil }
        return source.reveal { Int(String(decoding: $0[range], as: UTF8.self)) }
    }

    var flag: Bool? {
        guard case .flag(let flag) = node else { return nil }
        return flag
    }

    /// A text, or a number as it was written; nil for anything else.
    var secret: Redacted<[UInt8]>? {
        switch node {
        case .text(let range): source.reveal { Redacted(VaultJSONParser.unescape($0[range])) }
        case .number(let range): source.reveal { Redacted(Array($0[range])) }
        default: nil
        }
    }

    /// For people: texts, numbers, flags, and lists of them; never for what may be secret.
    var shown: String? {
        switch node {
        case .text: text
        case .number(let range): source.reveal { String(decoding: $0[range], as: UTF8.self) }
        case .flag(let flag): flag ? "true" : "false"
        case .array: (elements ?? []).compactMap(\.shown).joined(separator: "; ")
        case .null, .object: nil
        }
    }
}
