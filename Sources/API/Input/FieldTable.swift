import SMTP

/// The members of one object of the API: their names, what may be in them, who writes them.
///
/// Input is checked against it, and the description is made of it.
struct FieldTable: Sendable {
    let fields: [Field]

    init(_ fields: [Field]) {
        self.fields = fields
    }

    subscript(_ name: String) -> Field? {
        fields.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    struct Field: Sendable {
        let name: String
        let kind: Kind
        let direction: Direction
        /// Whether it must be sent; answers have all their members always.
        let isRequired: Bool
        let note: String

        init(
            _ name: String,
            _ kind: Kind,
            _ direction: Direction,
            isRequired: Bool = false,
            _ note: String
        ) {
            self.name = name
            self.kind = kind
            self.direction = direction
            self.isRequired = isRequired
            self.note = note
        }

        init(_ name: String, _ kind: Kind, isRequired: Bool = false, _ note: String) {
            self.init(name, kind, .both, isRequired: isRequired, note)
        }
    }

    enum Direction: Sendable {
        case both
        /// Only answers have it; sent back, it changes nothing.
        case answer
        /// Only calls have it.
        case call
    }

    indirect enum Kind: Sendable {
        case text
        case number(ClosedRange<Int>)
        case flag
        case choice([String])
        /// An identifier, as answers give it.
        case id
        /// RFC 3339, to the second.
        case time
        /// An object of the description's schemas, of that name.
        case object(String)
        case list(Kind)
        case nullable(Kind)
        /// An object of any members.
        case anything

        /// Whether the value has the type; what it says is for the form to judge.
        func accepts(_ value: JSON) -> Bool {
            switch self {
            case .text, .choice, .id, .time: value.text != nil
            case .number: value.number != nil
            case .flag: value.flag != nil
            case .object, .anything: value.members != nil
            case .list(let kind): value.elements?.allSatisfy(kind.accepts) ?? false
            case .nullable(let kind): value == .null || kind.accepts(value)
            }
        }

        /// What to write, for the sentence of an error.
        var words: String {
            switch self {
            case .text, .choice, .id, .time: "text"
            case .number: "a number"
            case .flag: "true or false"
            case .object, .anything: "an object"
            case .list: "a list"
            case .nullable(let kind): "\(kind.words) or null"
            }
        }

        /// JSON Schema 2020-12, as OpenAPI 3.1 uses it.
        var schema: JSON {
            switch self {
            case .text: ["type": "string"]
            case .number(let range):
                [
                    "type": "integer", "minimum": .number(range.lowerBound),
                    "maximum": .number(range.upperBound),
                ]
            case .flag: ["type": "boolean"]
            case .choice(let names):
                ["type": "string", "enum": .array(names.map(JSON.string))]
            case .id: ["type": "string", "format": "uuid"]
            case .time: ["type": "string", "format": "date-time"]
            case .object(let name): ["$ref": .string("#/components/schemas/\(name)")]
            case .list(let kind): ["type": "array", "items": kind.schema]
            case .nullable(let kind): ["anyOf": [kind.schema, ["type": "null"]]]
            case .anything: ["type": "object"]
            }
        }
    }

    /// Every whole number that JSON readers agree about (RFC 8259, section 6).
    static let anyNumber = 0...9_007_199_254_740_991

    /// The schema of the whole object.
    ///
    /// Answers have every member, so all that are not only of calls are required there.
    func schema(_ note: String, isAnswer: Bool) -> JSON {
        let shown = fields.filter { !isAnswer || $0.direction != .call }
        let required = shown.filter { isAnswer || $0.isRequired }
        let properties = shown.map { field -> JSON.Member in
            var extra: [JSON.Member] = [JSON.Member("description", .string(field.note))]
            if field.direction == .answer { extra.append(JSON.Member("readOnly", true)) }
            if field.direction == .call { extra.append(JSON.Member("writeOnly", true)) }
            return JSON.Member(field.name, field.kind.schema.adding(.object(extra)))
        }
        return [
            "type": "object", "description": .string(note),
            "required": .array(required.map { .string($0.name) }),
            "properties": .object(properties), "additionalProperties": false,
        ]
    }
}
