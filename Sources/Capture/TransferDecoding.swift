/// Undoes a Content-Transfer-Encoding (RFC 2045 section 6).
enum TransferDecoding {
    /// The decoded bytes; an encoding that is not known leaves them as they are.
    static func decode(_ body: ArraySlice<UInt8>, encoding: [UInt8]) -> [UInt8] {
        let name = encoding.split(whereSeparator: \.isBlank).first ?? []
        return switch String(decoding: name.map(\.lowercased), as: UTF8.self) {
        case "base64": Base64Decoder.lenient(body)
        case "quoted-printable": QuotedPrintableDecoder.decode(body)
        default: Array(body)
        }
    }
}
