import Glibc

/// A name that a server's certificate is good for (RFC 5280, section 4.2.1.6).
package enum CertificateName: Hashable, Sendable {
    /// A host name, at its front perhaps `*.`.
    case dns(String)
    /// An IPv4 or IPv6 address without brackets.
    case address(String)
    /// An email address of ASCII characters.
    case email(String)

    /// The form that libcrypto's extension parser reads; throws `invalidName` for a text that would
    /// be read as more than the one name it is.
    var configuration: String {
        get throws {
            switch self {
            case .dns(let name):
                guard Self.isHostName(Array(name.utf8)) else {
                    throw CryptographyError(.invalidName, "host name")
                }
                return "DNS:\(name)"
            case .address(let text):
                guard Self.isAddress(text) else {
                    throw CryptographyError(.invalidName, "address")
                }
                return "IP:\(text)"
            case .email(let text):
                guard Self.isEmail(Array(text.utf8)) else {
                    throw CryptographyError(.invalidName, "email address")
                }
                return "email:\(text)"
            }
        }
    }

    /// The kind of the name (RFC 5280, section 4.2.1.6) and its bytes; throws `invalidName`.
    var encoded: (type: Int32, bytes: [UInt8]) {
        get throws {
            _ = try configuration
            switch self {
            case .dns(let name): return (2, Array(name.utf8))
            case .email(let text): return (1, Array(text.utf8))
            case .address(let text):
                var address = [UInt8](repeating: 0, count: 16)
                if inet_pton(AF_INET, text, &address) == 1 { return (7, Array(address.prefix(4))) }
                _ = inet_pton(AF_INET6, text, &address)
                return (7, address)
            }
        }
    }

    /// Reads a name as a certificate has it; nil for bytes that are no such name.
    init?(type: Int32, bytes: [UInt8]) {
        switch type {
        case 1:
            guard let text = Self.printable(bytes) else { return nil }
            self = .email(text)
        case 2:
            guard let text = Self.printable(bytes) else { return nil }
            self = .dns(text)
        case 7 where bytes.count == 4 || bytes.count == 16:
            var text = [CChar](repeating: 0, count: 64)
            let family = bytes.count == 4 ? AF_INET : AF_INET6
            guard inet_ntop(family, bytes, &text, 64) != nil else { return nil }
            let digits = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            self = .address(String(decoding: digits, as: UTF8.self))
        default: return nil
        }
    }

    /// What is written in the name.
    package var text: String {
        switch self {
        case .dns(let text), .address(let text), .email(let text): text
        }
    }

    private static func printable(_ bytes: [UInt8]) -> String? {
        guard (1...512).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One `@`, and no character that separates or quotes.
    private static func isEmail(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), text.count <= 254 else {
            return false
        }
        let refused = Array(" ,;:<>()[]\\\"".utf8)
        return isHostName(Array(parts[1])) && parts[1].first != UInt8(ascii: "*")
            && parts[0].allSatisfy { (0x21...0x7E).contains($0) && !refused.contains($0) }
    }

    private static func isHostName(_ name: [UInt8]) -> Bool {
        guard (1...253).contains(name.count) else { return false }
        var labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels[0].elementsEqual("*".utf8) { labels.removeFirst() }
        return labels.allSatisfy { label in
            (1...63).contains(label.count) && label.allSatisfy(isHostNameByte)
        }
    }

    private static func isHostNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddress(_ text: String) -> Bool {
        var address = [UInt8](repeating: 0, count: 16)
        guard !text.utf8.contains(0) else { return false }
        return inet_pton(AF_INET, text, &address) == 1
            || inet_pton(AF_INET6, text, &address) == 1
    }
}
