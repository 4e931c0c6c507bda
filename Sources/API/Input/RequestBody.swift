import HTTP
import SMTP

/// Reads the body of a call: one JSON object (RFC 8259), and nothing that two readers could
/// understand in two ways.
enum RequestBody {
    /// Throws: `APIError` for another type, for what is not UTF-8 or not JSON, for a name that
    /// stands twice in one object, and for any other value than an object.
    static func json(of request: Request) throws(APIError) -> JSON {
        guard request.mediaType == "application/json" else { throw .mediaType }
        guard String(validating: request.body, as: UTF8.self) != nil else { throw .notUTF8 }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: request.body) } catch {
            throw .malformed(error.reason)
        }
        guard json.members != nil else { throw .noObject }
        if let name = repeatedName(in: json) { throw .repeatedMember(name) }
        return json
    }

    /// The first name that an object has twice; compared byte by byte, at any depth.
    private static func repeatedName(in json: JSON) -> String? {
        if let elements = json.elements {
            for element in elements {
                if let name = repeatedName(in: element) { return name }
            }
        }
        var seen: Set<[UInt8]> = []
        for member in json.members ?? [] {
            guard seen.insert(Array(member.name.utf8)).inserted else { return member.name }
            if let name = repeatedName(in: member.value) { return name }
        }
        return nil
    }
}
