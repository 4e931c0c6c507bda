import Accounts
import HTTP
import SMTP

/// The description of the API (OpenAPI 3.1), made of the route table and of the tables of members,
/// so that nothing can be described that is not there, or the other way round.
enum OpenAPI {
    static func document(_ routes: [API.Route]) -> JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Sendproof",
                "version": "1",
                "description": .string(introduction),
            ],
            "servers": [["url": "/"]],
            "security": [["token": []]],
            "paths": .object(paths(routes)),
            "components": [
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description": "A token of the page of your account: sp_ and 43 characters",
                    ]
                ],
                "headers": .object(headers),
                "responses": .object(problems),
                "schemas": .object(Schemas.all),
            ],
        ]
    }

    private static let introduction = """
        The pages of Sendproof as JSON, with the same names of fields and the same codes of errors. \
        Errors are application/problem+json (RFC 9457) with a stable code and, for a wrong body, \
        all wrong fields at once. Numbers are whole. Unknown members are refused.
        """

    /// The paths in the order of the table, each with its methods.
    private static func paths(_ routes: [API.Route]) -> [JSON.Member] {
        var order: [APIPath] = []
        var methods: [APIPath: [JSON.Member]] = [:]
        for route in routes {
            let operation = route.endpoint
            if methods[operation.path] == nil { order.append(operation.path) }
            let name = route.method.name.lowercased()
            methods[operation.path, default: []].append(JSON.Member(name, describe(operation)))
        }
        return order.map { path in
            let parameters = path.parameters.map(pathParameter)
            let own =
                parameters.isEmpty ? [] : [JSON.Member("parameters", .array(parameters))]
            return JSON.Member(path.rawValue, .object(own + (methods[path] ?? [])))
        }
    }

    private static func pathParameter(_ name: String) -> JSON {
        [
            "name": .string(name), "in": "path", "required": true,
            "description": .string(name == "t" ? "The tenant's slug" : "As answers give it"),
            "schema": name == "id" ? FieldTable.Kind.id.schema : ["type": "string"],
        ]
    }

    private static func describe(_ operation: Operation) -> JSON {
        let words = OperationDescription(operation.name)
        var members: [JSON.Member] = [
            JSON.Member("operationId", .string(operation.name.rawValue)),
            JSON.Member("summary", .string(words.summary)),
        ]
        switch operation.access {
        case .everybody: members.append(JSON.Member("security", []))
        case .token, .tenant(nil): break
        case .tenant(let permission?):
            let sentence = "Needs the permission `\(permission.rawValue)`."
            members.append(JSON.Member("description", .string(sentence)))
        }
        let parameters =
            words.query.map(queryParameter) + (words.isVersioned ? [ifMatch] : [])
            + (words.isRepeatable ? [idempotencyKey] : [])
        if !parameters.isEmpty { members.append(JSON.Member("parameters", .array(parameters))) }
        if let input = words.input {
            members.append(JSON.Member("requestBody", body(input, words.inputExample)))
        }
        members.append(JSON.Member("responses", responses(operation, words)))
        return .object(members)
    }

    private static func queryParameter(_ item: OperationDescription.QueryItem) -> JSON {
        [
            "name": .string(item.name), "in": "query", "description": .string(item.note),
            "schema": item.kind.schema,
        ]
    }

    private static let ifMatch: JSON = [
        "name": "If-Match", "in": "header",
        "description": "The ETag of the version that was changed",
        "schema": ["type": "string"],
    ]

    private static let idempotencyKey: JSON = [
        "name": "Idempotency-Key", "in": "header",
        "description": .string(
            "Any text of your own for this message: sent again with the same body, it makes no "
                + "second one"
        ),
        "schema": ["type": "string", "minLength": 1, "maxLength": 255],
    ]

    private static func body(_ schema: String, _ example: JSON?) -> JSON {
        [
            "required": true,
            "content": ["application/json": media(.object(schema), example)],
        ]
    }

    private static func media(_ kind: FieldTable.Kind, _ example: JSON?) -> JSON {
        let schema: JSON = ["schema": kind.schema]
        return example.map { schema.adding(["example": $0]) } ?? schema
    }

    private static func responses(_ operation: Operation, _ words: OperationDescription) -> JSON {
        var answer: [JSON.Member] = [JSON.Member("description", .string(words.answer))]
        let headers = words.headers.map {
            JSON.Member($0, ["$ref": .string("#/components/headers/\($0)")])
        }
        if !headers.isEmpty { answer.append(JSON.Member("headers", .object(headers))) }
        if let output = words.output {
            let content: JSON = [words.outputType: media(output, words.outputExample)]
            answer.append(JSON.Member("content", content))
        }
        let problems = words.problems(operation.access).map { status in
            JSON.Member(
                String(status.code),
                ["$ref": .string("#/components/responses/\(status.code)")]
            )
        }
        var answers = [JSON.Member(String(words.status.code), .object(answer))]
        if words.isRepeatable {
            let again = "The same again, after a call with the same Idempotency-Key"
            answer[0] = JSON.Member("description", .string(again))
            answers.append(JSON.Member(String(Status.ok.code), .object(answer)))
        }
        return .object(answers + problems)
    }

    private static let headers: [JSON.Member] = [
        JSON.Member("ETag", header("The version, for If-Match")),
        JSON.Member("Location", header("Where what was made can be read")),
    ]

    private static func header(_ note: String) -> JSON {
        ["description": .string(note), "schema": ["type": "string"]]
    }

    private static let problems: [JSON.Member] = OperationDescription.allProblems.map { status in
        JSON.Member(
            String(status.code),
            [
                "description": .string(status.reason),
                "content": ["application/problem+json": media(.object("Problem"), nil)],
            ]
        )
    }
}
