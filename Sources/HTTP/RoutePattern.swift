import Observability

/// A parsed route pattern.
struct RoutePattern {
    enum Segment: Equatable {
        case literal(String)
        case parameter(String)
    }

    let segments: [Segment]

    /// Reads `/literal/{parameter}/…`; `/` alone has no segments.
    init(_ text: String) throws(RouteTableError) {
        guard text.utf8.first == Byte.slash else {
            throw RouteTableError(.malformedPattern, pattern: text)
        }
        guard text.utf8.count > 1 else {
            segments = []
            return
        }
        var segments: [Segment] = []
        var names: Set<String> = []
        for part in text.utf8.dropFirst().split(
            separator: Byte.slash,
            omittingEmptySubsequences: false
        ) {
            guard let segment = Self.segment(Array(part)) else {
                throw RouteTableError(.malformedPattern, pattern: text)
            }
            if case .parameter(let name) = segment, !names.insert(name).inserted {
                throw RouteTableError(.malformedPattern, pattern: text)
            }
            segments.append(segment)
        }
        self.segments = segments
    }

    private static func segment(_ part: [UInt8]) -> Segment? {
        guard part.first == UInt8(ascii: "{") else {
            let isLiteral = !part.isEmpty && part.allSatisfy { isLiteralByte($0) }
            return isLiteral ? .literal(String(decoding: part, as: UTF8.self)) : nil
        }
        let name = part.dropFirst().dropLast()
        guard part.last == UInt8(ascii: "}"), !name.isEmpty,
            name.allSatisfy({ ByteSet.unreserved.contains($0) })
        else { return nil }
        return .parameter(String(decoding: name, as: UTF8.self))
    }

    private static func isLiteralByte(_ byte: UInt8) -> Bool {
        ByteSet.path.contains(byte) && byte != Byte.percent && byte != Byte.slash
    }
}

/// The values of a pattern's parameters in one request.
package struct RouteParameters: Sendable {
    struct Position: Sendable {
        let name: String
        let segment: Int
    }

    private let positions: [Position]
    private let path: ArraySlice<UInt8>

    init(positions: [Position], path: ArraySlice<UInt8>) {
        self.positions = positions
        self.path = path
    }

    /// The decoded segment for `name`, never empty; nil when the pattern has no such parameter.
    package subscript(_ name: String) -> String? {
        for position in positions where position.name == name {
            let segments = path.split(separator: Byte.slash, omittingEmptySubsequences: false)
            return String(decoding: segments[position.segment + 1], as: UTF8.self)
        }
        return nil
    }
}

/// A mistake in a route table, found when it is built.
package struct RouteTableError: ExplainedError, Equatable {
    package enum Kind: String, Sendable { case malformedPattern, repeatedRoute }

    package let kind: Kind
    package let pattern: String

    init(_ kind: Kind, pattern: String) {
        self.kind = kind
        self.pattern = pattern
    }

    package var code: String { "http.routes.\(kind.rawValue)" }
    package var userText: String { "The server's route table has a mistake." }
    package var operatorText: String { "\(kind.rawValue): \(pattern)" }
}
