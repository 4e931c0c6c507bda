/// Content types by the ending of a file's name.
struct ContentType {
    let value: HeaderValue
    /// Whether compression pays.
    let isText: Bool

    /// The type of `path`; unknown endings are bytes to save.
    static func of(_ path: String) -> ContentType {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return byEnding[ending] ?? ContentType(value: "application/octet-stream", isText: false)
    }

    private static let byEnding: [String: ContentType] = [
        "css": ContentType(value: "text/css; charset=utf-8", isText: true),
        "js": ContentType(value: "text/javascript; charset=utf-8", isText: true),
        "mjs": ContentType(value: "text/javascript; charset=utf-8", isText: true),
        "html": ContentType(value: "text/html; charset=utf-8", isText: true),
        "txt": ContentType(value: "text/plain; charset=utf-8", isText: true),
        "json": ContentType(value: "application/json", isText: true),
        "webmanifest": ContentType(value: "application/manifest+json", isText: true),
        "svg": ContentType(value: "image/svg+xml", isText: true),
        "png": ContentType(value: "image/png", isText: false),
        "jpg": ContentType(value: "image/jpeg", isText: false),
        "webp": ContentType(value: "image/webp", isText: false),
        "gif": ContentType(value: "image/gif", isText: false),
        "ico": ContentType(value: "image/vnd.microsoft.icon", isText: false),
        "woff2": ContentType(value: "font/woff2", isText: false),
    ]
}
