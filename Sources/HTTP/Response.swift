/// A response: status, header fields, body.
package struct Response: Sendable {
    package var status: Status
    package var headers: HeaderList
    package var body: Body
    /// A Content-Security-Policy of its own, for what our pages frame; nil: the standard one.
    package var contentPolicy: HeaderValue?

    /// What follows the head.
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Server-Sent Events for as long as the closure runs.
        case events(@Sendable (EventSink) async -> Void)
    }

    package init(_ status: Status, headers: HeaderList = HeaderList(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
    }

    /// A page.
    package static func html(_ bytes: [UInt8], status: Status = .ok) -> Response {
        Response(status, headers: htmlHeaders, body: bytes)
    }

    /// An answer of the JSON API.
    package static func json(_ bytes: [UInt8], status: Status = .ok) -> Response {
        Response(status, headers: jsonHeaders, body: bytes)
    }

    /// Plain text.
    package static func text(_ text: String, status: Status = .ok) -> Response {
        Response(status, headers: textHeaders, body: Array(text.utf8))
    }

    /// Sends the browser to `address`, a path or an absolute address, with GET unless `status`
    /// says otherwise.
    package static func redirect(to address: String, status: Status = .seeOther) -> Response {
        var headers = HeaderList()
        headers.append("Location", HeaderValue(address: address))
        return Response(status, headers: headers)
    }

    /// A file to save under `fileName`, RFC 6266.
    package static func download(
        _ bytes: [UInt8],
        type: HeaderValue,
        fileName: String
    ) -> Response {
        var headers: HeaderList = HeaderList(["Content-Type": type])
        let name = PercentCoding.encode(fileName)
        let disposition = HeaderValue("attachment; filename*=UTF-8''\(name)")
        headers.append("Content-Disposition", disposition ?? "attachment")
        headers.append("X-Content-Type-Options", "nosniff")
        return Response(.ok, headers: headers, body: bytes)
    }

    /// An event stream that lives as long as `produce` runs.
    ///
    /// The task of `produce` is cancelled when the client goes away or the server drains.
    package static func events(
        _ produce: @escaping @Sendable (EventSink) async -> Void
    ) -> Response {
        var response = Response(.ok, headers: eventHeaders)
        response.body = .events(produce)
        return response
    }

    /// The number of body bytes; 0 for an event stream.
    package var byteCount: Int {
        if case .bytes(let bytes) = body { bytes.count } else { 0 }
    }

    private static let htmlHeaders = HeaderList(["Content-Type": "text/html; charset=utf-8"])
    private static let jsonHeaders = HeaderList(["Content-Type": "application/json"])
    private static let textHeaders = HeaderList([
        "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
    ])
    private static let eventHeaders = HeaderList([
        "Content-Type": "text/event-stream", "Cache-Control": "no-store",
        "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
    ])
}
