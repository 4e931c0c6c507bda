import Glibc

/// A name that a server's certificate is good for (RFC 5280, section 4.2.1.6).
package enum CertificateName: Hashable, Sendable {
    /// A host name, at its front perhaps `*.`.
    case dns(String)
    /// An IPv4 or IPv6 address without brackets.
    case address(String)

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
            }
        }
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
