import SMTP

/// A server that a named secret may be sent to, in the one form that is compared and stored.
package enum SecretHost {
    /// The name in lower-case ASCII, or the address without brackets; nil for anything else.
    package static func canonical(_ text: String) -> String? {
        guard let host = Host(text) ?? Host("[\(text)]") else { return nil }
        let name = host.bare.lowercased()
        return name.utf8.last == UInt8(ascii: ".") ? String(name.dropLast()) : name
    }
}
