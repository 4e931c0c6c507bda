import Foundation
import Testing

/// A message as Python's `email` package reads it.
struct ParsedMail: Decodable, Equatable {
    let fields: [String]
    /// Name and value of each field, unfolded and decoded.
    let headers: [[String]]
    let fromName: String
    let fromAddress: String
    let to: [[String]]
    let subject: String
    let text: String
    let html: String?
    let parts: [String]
    let defects: [String]
}

extension ParsedMail {
    /// The values of the fields with a name.
    func values(_ name: String) -> [String] {
        headers.filter { $0[0] == name }.map { $0[1] }
    }
}

/// Reads messages with another implementation than ours, one process for all of them.
enum PythonMail {
    private static let program = """
        import base64, email, email.header, email.policy, email.utils, json, sys
        def decoded(value):
            return str(email.header.make_header(email.header.decode_header(value)))
        def content(part):
            return part.get_content().replace('\\r\\n', '\\n')
        def defects(part):
            found = [repr(d) for d in part.defects]
            for value in part.values():
                found += [repr(d) for d in value.defects]
            for inner in part.iter_parts():
                found += defects(inner)
            return found
        def parsed(raw):
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            plain, html = mail.get_body(('plain',)), mail.get_body(('html',))
            legacy = email.message_from_bytes(raw, policy=email.policy.compat32)
            joined = lambda value: ''.join(str(value).splitlines())
            unfolded = lambda name: joined(legacy[name])
            people = email.utils.getaddresses([unfolded('From')])
            return {
                'fields': mail.keys(),
                'headers': [[n, decoded(joined(v).strip(' '))] for n, v in legacy.items()],
                'fromName': decoded(people[0][0]), 'fromAddress': people[0][1],
                'to': [[decoded(n), a] for n, a in email.utils.getaddresses([unfolded('To')])],
                'subject': decoded(unfolded('Subject').strip(' ')),
                'text': content(plain), 'html': html and content(html),
                'parts': [part.get_content_type() for part in mail.walk()],
                'defects': defects(mail)}
        messages = [base64.b64decode(m) for m in json.load(sys.stdin)]
        json.dump([parsed(m) for m in messages], sys.stdout)
        """

    static func parse(_ messages: [[UInt8]]) throws -> [ParsedMail] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(
            contentsOf: JSONEncoder().encode(messages.map { Data($0).base64EncodedString() })
        )
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode([ParsedMail].self, from: data)
    }
}
