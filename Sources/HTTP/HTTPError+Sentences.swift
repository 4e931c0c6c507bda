extension HTTPError.Kind {
    /// The status each refusal answers with.
    var status: Status {
        switch self {
        case .slowHead, .slowBody: .requestTimeout
        case .bodyTooLarge: .contentTooLarge
        case .targetTooLong: .targetTooLong
        case .contentEncoding, .mediaType: .unsupportedMediaType
        case .expectation: .expectationFailed
        case .headTooLarge, .tooManyFields: .headerFieldsTooLarge
        case .transferCoding, .connectMethod: .notImplemented
        case .overCapacity: .serviceUnavailable
        case .unsupportedVersion: .versionNotSupported
        default: .badRequest
        }
    }

    /// What is wrong and, where there is something to do, what.
    var sentence: String {
        switch self {
        case .contentLength, .repeatedContentLength, .lengthAndCoding, .transferEncoding,
            .codingInOldVersion, .chunkSize, .chunkEnd, .chunkExtension, .trailer, .transferCoding:
            framingSentence
        case .slowHead, .slowBody, .bodyTooLarge, .targetTooLong, .headTooLarge, .tooManyFields,
            .overCapacity, .tooManyFormFields:
            limitSentence
        default: syntaxSentence
        }
    }

    private var framingSentence: String {
        switch self {
        case .contentLength: "The Content-Length is not a plain decimal number."
        case .repeatedContentLength: "The request has more than one Content-Length."
        case .lengthAndCoding: "The request has both Content-Length and Transfer-Encoding."
        case .transferEncoding: "The Transfer-Encoding is not understood."
        case .codingInOldVersion: "Transfer-Encoding does not exist in HTTP/1.0."
        case .chunkSize: "A chunk of the request body does not begin with its size."
        case .chunkEnd: "A chunk of the request body is longer than its size says."
        case .chunkExtension: "The chunk extensions are malformed or too long."
        case .trailer: "The fields after the request body are malformed or too long."
        default: "The only transfer coding this server knows is chunked."
        }
    }

    private var limitSentence: String {
        switch self {
        case .slowHead: "The request did not arrive in time. Try again."
        case .slowBody: "The request body did not arrive in time. Try again."
        case .bodyTooLarge: "The request body is larger than is allowed here."
        case .targetTooLong: "The address is longer than is allowed."
        case .headTooLarge: "The header fields are larger than is allowed. Clear old cookies."
        case .tooManyFields: "The request has more header fields than are allowed."
        case .tooManyFormFields: "The form has more fields than are allowed."
        default: "The server has no room for more connections. Try again in a moment."
        }
    }

    private var syntaxSentence: String {
        switch self {
        case .tlsOnPlainPort: "This port speaks plain HTTP; use http:// or the HTTPS port."
        case .requestLine: "The request line is not of the form METHOD TARGET HTTP/1.1."
        case .method: "The request method is not a token."
        case .target: "The address has characters that must be percent-encoded."
        case .path: "The path of the address is malformed."
        case .version: "The request line does not end with an HTTP version."
        case .lineEnding: "A line of the request does not end with CR LF."
        case .controlByte: "The request has a control character where none may be."
        case .fieldName: "A header field has no valid name before its colon."
        case .fieldValue: "A header field has a forbidden character in its value."
        case .foldedField: "A header field is folded over several lines."
        case .missingHost: "The request has no Host field."
        case .repeatedHost: "The request has more than one Host field."
        case .host: "The Host of the request is not a host name or address."
        case .contentEncoding: "Request bodies must be sent without compression."
        case .mediaType: "The request body is not of the type expected here."
        case .expectation: "The only expectation this server knows is 100-continue."
        case .connectMethod: "This server is not a proxy."
        case .unsupportedVersion: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .percentEncoding: "A percent sign is not followed by two hexadecimal digits."
        case .notUTF8: "The text is not valid UTF-8."
        case .multipartBoundary: "The form does not say properly what separates its parts."
        case .multipart: "A part of the form is malformed."
        default: "The request is malformed."
        }
    }
}
