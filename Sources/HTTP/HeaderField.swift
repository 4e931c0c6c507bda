/// The request header fields that this server and its pages ask for, recognised while parsing.
package enum HeaderField: UInt8, Sendable, CaseIterable {
    case other
    case host, connection, contentLength, transferEncoding, contentType, contentEncoding, expect
    case cookie, userAgent, accept, acceptEncoding, acceptLanguage, authorization, origin
    case referer, secFetchSite, secFetchMode, secFetchDest, ifNoneMatch, ifMatch
    case idempotencyKey, lastEventID, forwardedFor, forwardedProto, forwardedHost, requestID

    /// The name in lower case; empty for `other`.
    var lowercaseName: StaticString {
        switch self {
        case .other: ""
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .transferEncoding: "transfer-encoding"
        case .contentType: "content-type"
        case .contentEncoding: "content-encoding"
        case .expect: "expect"
        case .cookie: "cookie"
        case .userAgent: "user-agent"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .authorization: "authorization"
        case .origin: "origin"
        case .referer: "referer"
        case .secFetchSite: "sec-fetch-site"
        case .secFetchMode: "sec-fetch-mode"
        case .secFetchDest: "sec-fetch-dest"
        case .ifNoneMatch: "if-none-match"
        case .ifMatch: "if-match"
        case .idempotencyKey: "idempotency-key"
        case .lastEventID: "last-event-id"
        case .forwardedFor: "x-forwarded-for"
        case .forwardedProto: "x-forwarded-proto"
        case .forwardedHost: "x-forwarded-host"
        case .requestID: "x-request-id"
        }
    }

    /// Recognises a field name in any case.
    static func named(_ name: Span<UInt8>) -> HeaderField {
        switch name.count {
        case 4: either(name, .host)
        case 6: either(name, .cookie, .accept, .origin, .expect)
        case 7: either(name, .referer)
        case 8: either(name, .ifMatch)
        case 10: either(name, .connection, .userAgent)
        case 12: either(name, .contentType, .requestID)
        case 13: either(name, .ifNoneMatch, .lastEventID, .authorization)
        case 14: either(name, .secFetchSite, .secFetchMode, .secFetchDest, .contentLength)
        case 15: either(name, .acceptEncoding, .acceptLanguage, .forwardedFor, .idempotencyKey)
        case 16: either(name, .contentEncoding, .forwardedHost)
        case 17: either(name, .transferEncoding, .forwardedProto)
        default: .other
        }
    }

    @inline(__always)
    private static func either(
        _ name: Span<UInt8>,
        _ first: HeaderField,
        _ second: HeaderField = .other,
        _ third: HeaderField = .other,
        _ fourth: HeaderField = .other
    ) -> HeaderField {
        if name.isSame(as: first.lowercaseName) { return first }
        if second != .other, name.isSame(as: second.lowercaseName) { return second }
        if third != .other, name.isSame(as: third.lowercaseName) { return third }
        if fourth != .other, name.isSame(as: fourth.lowercaseName) { return fourth }
        return .other
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `lowercase`, compared without regard to ASCII case.
    @inline(__always)
    func isSame(as lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        // The literal's bytes live as long as the program, and `index` is below their count.
        let literal = unsafe lowercase.utf8Start
        for index in indices {
            let wanted = unsafe literal[index]
            if Byte.lowercase(self[index]) != wanted { return false }
        }
        return true
    }
}
