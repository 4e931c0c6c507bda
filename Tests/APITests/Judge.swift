import Foundation
import Synchronization
import Testing

/// Holds every answer against the API's own description; another implementation of JSON Schema
/// judges, Python's `jsonschema`.
final class Judge: Sendable {
    private struct Noted: Codable {
        let method: String
        let path: String
        let status: Int
        let type: String
        let body: String
    }

    private struct Verdict: Codable {
        let errors: [String]
        let count: Int
    }

    private let noted = Mutex<[Noted]>([])

    func note(_ method: String, _ path: String, _ reply: Reply) {
        guard path.hasPrefix("/api/v1") else { return }
        let type = reply.header("content-type") ?? ""
        let answer = Noted(
            method: method.lowercased(),
            path: path.components(separatedBy: "?")[0],
            status: reply.status,
            type: type,
            body: type.hasSuffix("json") ? reply.body : ""
        )
        noted.withLock { $0.append(answer) }
    }

    /// Records an issue for each answer that is not as described, and for a schema or an example
    /// that is none.
    func check(description: String) throws {
        let answers = noted.withLock { $0 }
        let encoded = try JSONEncoder().encode(answers)
        let input = "[\(description),\(String(decoding: encoded, as: UTF8.self))]"
        let verdict = try Self.run(Data(input.utf8))
        #expect(verdict.errors == [])
        #expect(verdict.count > 0)
    }

    private static func run(_ data: Data) throws -> Verdict {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: data)
        try input.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(Verdict.self, from: printed)
    }

    private static let program = """
        import json, re, sys
        from jsonschema import Draft202012Validator
        document, answers = json.load(sys.stdin)
        components, errors, count = document['components'], [], 0
        def judge(schema, value, label):
            global count
            count += 1
            whole = dict(schema, components=components)
            for error in Draft202012Validator(whole).iter_errors(value):
                errors.append(f'{label}: {list(error.absolute_path)} {error.message}'[:500])
        def found(part):
            return components['responses'][part['$ref'].split('/')[-1]] if '$ref' in part else part
        for schema in components['schemas'].values():
            Draft202012Validator.check_schema(schema)
        patterns = [(re.compile(re.sub(r'\\{[^}]*\\}', '[^/]+', path)), path, item)
                    for path, item in document['paths'].items()]
        for _, path, item in patterns:
            for method, operation in item.items():
                if method == 'parameters': continue
                media = list(operation.get('requestBody', {}).get('content', {}).values())
                for response in operation['responses'].values():
                    media += found(response).get('content', {}).values()
                for one in media:
                    if 'example' in one: judge(one['schema'], one['example'], f'{method} {path}')
        for answer in answers:
            items = [i for p, _, i in patterns if p.fullmatch(answer['path'])]
            items.sort(key=lambda item: 'parameters' in item)
            if not items or answer['method'] not in items[0] or answer['status'] >= 500: continue
            label = f"{answer['method']} {answer['path']} {answer['status']}"
            response = items[0][answer['method']]['responses'].get(str(answer['status']))
            if response is None:
                errors.append(f'{label}: not described')
                continue
            content = found(response).get('content', {})
            if not content and not answer['body']: continue
            if answer['type'] not in content:
                errors.append(f"{label}: {answer['type']}")
            elif answer['body']:
                judge(content[answer['type']]['schema'], json.loads(answer['body']), label)
        json.dump({'errors': errors[:10], 'count': count}, sys.stdout)
        """
}
