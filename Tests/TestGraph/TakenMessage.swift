import Cryptography
import HTTP
package import SMTP

/// A message that Graph took: the request's body, read strictly.
package struct TakenMessage: Sendable {
    /// The whole message; nil in the JSON form.
    package private(set) var mime: [UInt8]?
    /// The whole body; nil in the MIME form.
    package private(set) var json: JSON?
    package let from: String
    /// Everybody who gets it, `Bcc` included.
    package let recipients: [String]
    package let isSaved: Bool

    private static let limit = 4 * 1024 * 1024

    init(_ request: Request) throws {
        guard request.body.count <= Self.limit else {
            throw Refusal(.contentTooLarge, "RequestEntityTooLarge", "Request is too large.")
        }
        switch request.mediaType {
        case "text/plain": try self.init(mime: request.body)
        case "application/json": try self.init(json: request.body)
        default:
            throw Refusal(.unsupportedMediaType, "RequestBodyRead", "Unsupported media type.")
        }
    }

    // MARK: - MIME

    private init(mime body: [UInt8]) throws {
        guard let bytes = try? Base64.decode(body), !bytes.isEmpty else {
            throw Refusal(
                .badRequest,
                "ErrorMimeContentInvalidBase64String",
                "Invalid base64 string for MIME content."
            )
        }
        let fields = try Self.header(bytes)
        let from = fields.filter { $0.name == "from" }.flatMap { Self.addresses($0.value) }
        let recipients = fields.filter { ["to", "cc", "bcc"].contains($0.name) }
            .flatMap { Self.addresses($0.value) }
        guard from.count == 1, let from = from.first else {
            throw Refusal(.badRequest, "ErrorMimeContentInvalid", "No From.")
        }
        guard !recipients.isEmpty else {
            throw Refusal(.badRequest, "ErrorInvalidRecipients", "At least one recipient.")
        }
        self.mime = bytes
        self.from = from
        self.recipients = recipients
        isSaved = true
    }

    /// The fields up to the empty line, unfolded (RFC 5322, section 2.2.3).
    private static func header(_ bytes: [UInt8]) throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for line in String(decoding: bytes, as: UTF8.self).components(by: "\r\n") {
            if line.utf8.isEmpty { return fields }
            if line.utf8.first == 0x20 || line.utf8.first == 0x09 {
                guard !fields.isEmpty else { break }
                fields[fields.count - 1].value += line
                continue
            }
            guard let colon = line.utf8.firstIndex(of: 0x3A) else { break }
            let value = line[line.utf8.index(after: colon)...]
            fields.append((line[..<colon].lowercased(), String(value)))
        }
        throw Refusal(.badRequest, "ErrorMimeContentInvalid", "The header does not end.")
    }

    /// What stands in angle brackets, or alone.
    private static func addresses(_ value: String) -> [String] {
        value.utf8.split(separator: 0x2C).compactMap { part in
            var text = part
            if let open = text.lastIndex(of: 0x3C), let close = text.lastIndex(of: 0x3E) {
                text = text[text.index(after: open)..<close]
            }
            let address = String(decoding: text.filter { $0 > 0x20 }, as: UTF8.self)
            return address.utf8.contains(0x40) ? address : nil
        }
    }

    // MARK: - JSON (the resource type `message`)

    private static let known: Set<String> = [
        "subject", "body", "from", "sender", "toRecipients", "ccRecipients", "bccRecipients",
        "replyTo", "importance", "internetMessageHeaders", "internetMessageId",
        "isReadReceiptRequested", "isDeliveryReceiptRequested", "attachments",
    ]

    private init(json body: [UInt8]) throws {
        guard let json = try? JSON(parsing: body), let message = json["message"],
            let members = message.members
        else { throw Refusal(.badRequest, "UnableToDeserializePostBody", "No message.") }
        for name in members.map(\.name) where !Self.known.contains(name) {
            throw Refusal(.badRequest, "RequestBodyRead", "The property '\(name)' is unknown.")
        }
        for member in json.members ?? []
        where !["message", "saveToSentItems"].contains(member.name) {
            throw Refusal(.badRequest, "RequestBodyRead", "'\(member.name)' is no parameter.")
        }
        guard json["saveToSentItems"] == nil || json["saveToSentItems"]?.flag != nil else {
            throw Refusal(.badRequest, "RequestBodyRead", "saveToSentItems is no Boolean.")
        }
        try Self.check(message)
        let from = try Self.address(message["from"])
        let lists = ["toRecipients", "ccRecipients", "bccRecipients"]
        let recipients = try lists.flatMap { try Self.addresses(message[$0]) }
        _ = try Self.addresses(message["replyTo"])
        guard !recipients.isEmpty else {
            throw Refusal(.badRequest, "ErrorInvalidRecipients", "At least one recipient.")
        }
        self.json = json
        self.from = from
        self.recipients = recipients
        isSaved = json["saveToSentItems"]?.flag ?? true
    }

    private static func check(_ message: JSON) throws {
        let kind = message["body"]?["contentType"]?.text?.lowercased()
        guard kind == "text" || kind == "html", message["body"]?["content"]?.text != nil,
            message["subject"]?.text != nil
        else { throw Refusal(.badRequest, "RequestBodyRead", "The body is wrong.") }
        if let importance = message["importance"],
            !["low", "normal", "high"].contains(importance.text)
        {
            throw Refusal(.badRequest, "RequestBodyRead", "The importance is unknown.")
        }
        guard let headers = message["internetMessageHeaders"] else { return }
        guard let elements = headers.elements, (1...5).contains(elements.count) else {
            throw Refusal(
                .badRequest,
                "InvalidInternetMessageHeaderCollection",
                "Maximum number of headers in one message should be less than or equal to 5."
            )
        }
        for header in elements {
            guard let name = header["name"]?.text, header["value"]?.text != nil,
                name.lowercased().utf8.starts(with: "x-".utf8)
            else {
                throw Refusal(
                    .badRequest,
                    "InvalidInternetMessageHeader",
                    "The internet message header name should start with 'x-' or 'X-'."
                )
            }
        }
    }

    private static func addresses(_ list: JSON?) throws -> [String] {
        guard let list else { return [] }
        guard let elements = list.elements else {
            throw Refusal(.badRequest, "RequestBodyRead", "A list of recipients is none.")
        }
        return try elements.map(address)
    }

    private static func address(_ recipient: JSON?) throws -> String {
        guard let address = recipient?["emailAddress"]?["address"]?.text,
            address.utf8.contains(0x40)
        else { throw Refusal(.badRequest, "ErrorInvalidRecipients", "A recipient is not valid.") }
        return address
    }
}

extension String {
    /// By bytes: a carriage return and a line feed are one character.
    fileprivate func components(by separator: String) -> [String] {
        var parts: [String] = []
        var rest = Array(utf8)[...]
        while let found = rest.firstRange(of: separator.utf8) {
            parts.append(String(decoding: rest[..<found.lowerBound], as: UTF8.self))
            rest = rest[found.upperBound...]
        }
        return parts + [String(decoding: rest, as: UTF8.self)]
    }
}
