import FoundationEssentials

/// A value of the machine-readable output.
enum OutputValue: Encodable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([OutputValue])
    case object([String: OutputValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

/// Prints what `--json` asks for.
enum Output {
    static func json(_ members: [String: OutputValue]) {
        print(text(members))
    }

    static func text(_ members: [String: OutputValue]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Text and numbers always encode; nothing else is in an `OutputValue`.
        guard let data = try? encoder.encode(members) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
