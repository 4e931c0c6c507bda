import Foundation

/// A request as it came over the wire.
package struct VaultRequest: Sendable {
    package let method: String
    /// As it was sent, with the query.
    package let target: String
    /// The parts between slashes, decoded each for itself: a `%2F` divides nothing.
    package let path: [String]
    package let query: [String: String]
    /// Names in lower case.
    package let headers: [String: String]
    package internal(set) var body: [UInt8] = []

    /// Nil for what is no request.
    init?(head: [UInt8]) {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let first = lines[0].split(separator: " ").map(String.init)
        guard first.count == 3, first[2] == "HTTP/1.1" else { return nil }
        method = first[0]
        target = first[1]
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        path = parts[0].split(separator: "/").map { $0.removingPercentEncoding ?? "" }
        query = Self.fields(parts.count > 1 ? parts[1] : "")
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        headers = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Without the port.
    package var host: String {
        (headers["host"] ?? "").split(separator: ":").first.map(String.init) ?? ""
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a form, as whoever sends one says.
    package var form: [String: String] {
        guard headers["content-type"] == "application/x-www-form-urlencoded" else { return [:] }
        return Self.fields(text)
    }

    /// The body as an object of JSON with texts.
    package var object: [String: String] {
        // None is what a wrong body holds.
        let object = try? JSONSerialization.jsonObject(with: Data(body))
        return object as? [String: String] ?? [:]
    }

    /// Of `Authorization: Bearer …`.
    package var bearer: String? {
        guard let value = headers["authorization"], value.hasPrefix("Bearer ") else { return nil }
        return String(value.dropFirst(7))
    }

    private static func fields(_ text: String) -> [String: String] {
        let pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = parts.map { part in
                part.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
            }
            return (words[0], words.count > 1 ? words[1] : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
