package import Observability

/// A form with files, `multipart/form-data` (RFC 7578), in the order sent.
package struct MultipartForm: Sendable {
    /// The media type of such a form.
    package static let mediaType = "multipart/form-data"
    /// The most parts a form may have.
    package static let partLimit = 100
    /// The most bytes of a part's header, and of a field that is no file.
    static let headLimit = 4096
    static let valueLimit = 1 << 20

    /// The fields that are no files.
    package let fields: FormBody
    /// The files that were chosen; a file field left empty gives none.
    package let files: [UploadedFile]

    /// Parses strictly: nothing before the first part, nothing after the last.
    ///
    /// Throws: `.multipart`, `.tooManyFormFields`, `.notUTF8`, `.controlByte`, `.bodyTooLarge` for
    /// a field that is no file.
    package init(parsing body: [UInt8], boundary: [UInt8]) throws(HTTPError) {
        var reader = MultipartReader(body, boundary: boundary)
        var fields: [(name: String, value: String)] = []
        var files: [UploadedFile] = []
        try reader.begin()
        var count = 0
        while let part = try reader.next() {
            count += 1
            guard count <= Self.partLimit else { throw HTTPError(.tooManyFormFields) }
            if let fileName = part.fileName {
                guard !fileName.isEmpty || !part.content.isEmpty else { continue }
                files.append(
                    UploadedFile(
                        field: part.name,
                        fileName: fileName,
                        content: Redacted(Array(part.content))
                    )
                )
            } else {
                guard part.content.count <= Self.valueLimit else { throw HTTPError(.bodyTooLarge) }
                guard let value = String(validating: part.content, as: UTF8.self) else {
                    throw HTTPError(.notUTF8)
                }
                fields.append((part.name, value))
            }
        }
        self.fields = FormBody(pairs: fields)
        self.files = files
    }

    /// The file of the field `name`; nil when none was chosen.
    package func file(_ name: String) -> UploadedFile? {
        files.first { $0.field.utf8.elementsEqual(name.utf8) }
    }
}

/// A file as the browser sent it; its content may be a secret.
package struct UploadedFile: Sendable {
    package let field: String
    /// What the browser calls it; never a path to use.
    package let fileName: String
    package let content: Redacted<[UInt8]>
}

extension Request {
    /// A form with files.
    ///
    /// Throws: `.mediaType` when the body is none, `.multipartBoundary`, else as `MultipartForm`.
    package func multipartForm() throws(HTTPError) -> MultipartForm {
        guard mediaType == MultipartForm.mediaType, let type = headerBytes(.contentType) else {
            throw HTTPError(.mediaType)
        }
        guard let boundary = MultipartBoundary.parse(Array(type)) else {
            throw HTTPError(.multipartBoundary)
        }
        return try MultipartForm(parsing: body, boundary: boundary)
    }
}
