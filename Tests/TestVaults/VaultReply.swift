import Foundation

/// An answer, or what a server does in its place.
package struct VaultReply: Sendable {
    package enum Manner: Sendable {
        case whole
        /// Ends the connection without a word.
        case cut
        /// Says nothing until the client leaves.
        case silent
    }

    package var status: Int
    package var type: String
    package var headers: [String: String] = [:]
    package var body: [UInt8]
    package var manner = Manner.whole

    package init(_ status: Int, _ type: String, _ body: String) {
        self.status = status
        self.type = type
        self.body = Array(body.utf8)
    }

    package static let cut = VaultReply(manner: .cut)
    package static let silent = VaultReply(manner: .silent)

    private init(manner: Manner) {
        self.init(200, "", "")
        self.manner = manner
    }

    package static func json(_ text: String, status: Int = 200) -> VaultReply {
        VaultReply(status, "application/json; charset=utf-8", text)
    }

    package static func text(_ text: String, status: Int = 200) -> VaultReply {
        VaultReply(status, "text/plain", text)
    }

    /// What a gateway, or an application that is not well, shows.
    package static func page(status: Int = 200) -> VaultReply {
        VaultReply(status, "text/html; charset=utf-8", "<!DOCTYPE html><title>Sign in</title>")
    }

    /// `text` in quotes.
    package static func quote(_ text: String) -> String {
        // A text always is JSON.
        let data = try? JSONEncoder().encode(text)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    var bytes: [UInt8] {
        var head = "HTTP/1.1 \(status) Answer\r\nContent-Length: \(body.count)\r\n"
        if !type.isEmpty { head += "Content-Type: \(type)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array("\(head)\r\n".utf8) + body
    }
}
