/// Where the parts of a request's head are in the bytes that arrived.
struct RequestHead: Sendable {
    /// One header field.
    struct Field: Sendable {
        let name: HeaderField
        let nameStart: UInt32
        let nameLength: UInt16
        let valueLength: UInt16
        let valueStart: UInt32

        var nameRange: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
        var valueRange: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueLength) }
    }

    var method = Method.get
    var target = 0..<0
    var path = 0..<0
    /// After the `?`; nil when there is none.
    var query: Range<Int>?
    /// Host and port, from an absolute target or else from the Host field.
    var authority: Range<Int>?
    /// Whether the path has a percent sign.
    var isPathEncoded = false
    /// Whether the version is HTTP/1.0.
    var isOldVersion = false
    var fields: [Field] = []

    var contentLength: Int?
    var isChunked = false
    var asksToClose = false
    var expectsContinue = false
    var hasHost = false

    /// Whether the connection ends after this request.
    var endsConnection: Bool { isOldVersion || asksToClose }

    mutating func reset() {
        fields.removeAll(keepingCapacity: true)
        target = 0..<0
        query = nil
        authority = nil
        isPathEncoded = false
        isOldVersion = false
        contentLength = nil
        isChunked = false
        asksToClose = false
        expectsContinue = false
        hasHost = false
    }
}
