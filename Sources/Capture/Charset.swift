/// The three character sets that are read.
enum Charset {
    case utf8, ascii, latin1

    /// Nil for one that is not read; `name` is in lower case.
    init?(_ name: String) {
        switch name {
        case "utf-8", "utf8": self = .utf8
        case "us-ascii", "ascii": self = .ascii
        case "iso-8859-1", "iso8859-1", "latin1", "latin-1": self = .latin1
        default: return nil
        }
    }

    /// The text; what is not valid becomes U+FFFD, and ASCII that is not is read as UTF-8.
    func text(of bytes: [UInt8]) -> String {
        switch self {
        case .utf8, .ascii: return String(decoding: bytes, as: UTF8.self)
        case .latin1:
            var scalars = String.UnicodeScalarView()
            for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
            return String(scalars)
        }
    }

    /// The text of a part; a character set that is not known is read as UTF-8.
    static func text(of bytes: [UInt8], charset: String) -> String {
        (Charset(charset) ?? .utf8).text(of: bytes)
    }
}
