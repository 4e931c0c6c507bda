import Observability

/// Why a request was refused before a handler saw it, or why a part of it cannot be used.
package struct HTTPError: ExplainedError, Equatable {
    /// The refusals; `HTTPError+Sentences.swift` has a status and a sentence for each.
    package enum Kind: String, Sendable, CaseIterable {
        case tlsOnPlainPort, requestLine, method, target, path, version, lineEnding, controlByte
        case fieldName, fieldValue, foldedField, missingHost, repeatedHost, host
        case contentLength, repeatedContentLength, lengthAndCoding, transferEncoding
        case codingInOldVersion, chunkSize, chunkEnd, chunkExtension, trailer
        case slowHead, slowBody, bodyTooLarge, targetTooLong, contentEncoding, mediaType
        case expectation, headTooLarge, tooManyFields
        case transferCoding, connectMethod, overCapacity, unsupportedVersion
        case percentEncoding, notUTF8, tooManyFormFields, multipartBoundary, multipart
    }

    package let kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package var code: String { "http.\(kind.rawValue)" }
    package var userText: String { kind.sentence }
    package var operatorText: String { "refused with \(status.code): \(kind.rawValue)" }
    /// The status to answer with.
    package var status: Status { kind.status }
}
