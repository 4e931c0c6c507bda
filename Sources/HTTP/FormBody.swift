/// The fields of a form or a query, `application/x-www-form-urlencoded`, in the order sent.
package struct FormBody: Sendable, Equatable {
    /// The most fields a form may have.
    package static let fieldLimit = 500
    /// The media type of a form.
    package static let mediaType = "application/x-www-form-urlencoded"

    private let fields: [Field]

    private struct Field: Sendable, Equatable {
        let name: String
        let value: String
    }

    /// Parses strictly; what a value may hold is for the field to say, so that it can say it.
    ///
    /// Throws: `.percentEncoding`, `.notUTF8`, `.controlByte` for a NUL in a name,
    /// `.tooManyFormFields`.
    package init(parsing bytes: some Collection<UInt8>) throws(HTTPError) {
        var fields: [Field] = []
        for pair in Array(bytes).split(separator: Byte.ampersand) {
            guard fields.count < Self.fieldLimit else { throw HTTPError(.tooManyFormFields) }
            let equals = pair.firstIndex(of: Byte.equals) ?? pair.endIndex
            let name = try Self.decode(pair[..<equals])
            guard !name.utf8.contains(0) else { throw HTTPError(.controlByte) }
            fields.append(
                Field(name: name, value: try Self.decode(pair[equals...].dropFirst()))
            )
        }
        self.fields = fields
    }

    private init(fields: [Field]) {
        self.fields = fields
    }

    /// Fields that came in another form.
    init(pairs: [(name: String, value: String)]) {
        fields = pairs.map { Field(name: $0.name, value: $0.value) }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> String {
        try PercentCoding.decodeText(bytes, plusIsSpace: true)
    }

    /// The names in the order sent, repeated names repeated.
    package var names: [String] { fields.map(\.name) }

    /// Names and values in the order sent.
    package var pairs: [(name: String, value: String)] { fields.map { ($0.name, $0.value) } }

    /// The fields as a browser would send them again.
    package var encoded: String {
        fields.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
            .joined(separator: "&")
    }

    /// The form without the fields that have one of these names.
    package func without(_ isDropped: (String) -> Bool) -> FormBody {
        FormBody(fields: fields.filter { !isDropped($0.name) })
    }

    /// The first value of `name`; nil when the field was not sent.
    package subscript(_ name: String) -> String? {
        fields.first { Self.isSame($0.name, name) }?.value
    }

    /// All values of `name` in the order sent.
    package func all(_ name: String) -> [String] {
        fields.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// Byte by byte: Swift's `==` would take canonically equivalent text for the same.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}

extension Request {
    /// The fields of a form body.
    ///
    /// Throws: `.mediaType` when the body is not a form, else as `FormBody`.
    package func form() throws(HTTPError) -> FormBody {
        guard mediaType == FormBody.mediaType else { throw HTTPError(.mediaType) }
        return try FormBody(parsing: body)
    }

    /// The decoded query.
    ///
    /// Throws: as `FormBody`.
    package func query() throws(HTTPError) -> FormBody {
        try FormBody(parsing: storage.bytes[storage.head.query ?? 0..<0])
    }

    /// The first value of the query item `name`; nil when it is missing or the query malformed.
    package func query(_ name: String) -> String? {
        // A malformed query has no items: pages then show what they show without it.
        (try? query())?[name]
    }
}
