import Cryptography
import Mail
package import SMTP

/// The tab "Outgoing server", and what "TLS and certificates" says of the connection.
package struct ServerSettings: Sendable {
    /// Nil: email is disabled for this profile.
    package let host: Host?
    /// Whether `host` is a domain whose mail exchangers take the mail.
    package let resolveMX: Bool
    package let addressFamily: AddressFamily
    package let port: UInt16
    package let timeoutSeconds: Int
    package let tls: TLSMode
    package let verifyCertificate: Bool
    /// SHA-256 of the relay's public key.
    package let pinnedKey: [UInt8]?
    /// A certificate that is trusted besides the system's.
    package let trustedCA: CertificateReference?
    package let clientCertificate: CertificateReference?
    /// Whether relays must hand the message on encrypted (RFC 8689).
    package let requireTLS: Bool
    package let heloName: HeloName?
    package let authentication: Authentication
    package let allowPlaintextAuthentication: Bool

    init(_ reading: inout FormReading) {
        host = Self.host(&reading)
        resolveMX = reading.flag(.resolveMX)
        if resolveMX, let host, host.kind != .name {
            reading.fail(
                .resolveMX,
                "address",
                "Enter a domain as the host, or switch off the look-up of mail exchangers: an "
                    + "address has none."
            )
        }
        addressFamily = reading.choice(.addressFamily, or: .automatic)
        tls = reading.choice(.tls, or: .startTLS)
        port = UInt16(
            reading.number(
                .port,
                1...65_535,
                or: Int(reading.form.defaultPort),
                "Enter a port between 1 and 65535."
            )
        )
        timeoutSeconds = reading.number(
            .timeoutSeconds,
            1...255,
            or: 30,
            "Enter a timeout between 1 and 255 seconds."
        )
        verifyCertificate = reading.flag(.verifyCertificate)
        pinnedKey = Self.digest(&reading)
        trustedCA = CertificateReference.read(.trustedCA, &reading)
        clientCertificate = CertificateReference.read(.clientCertificate, &reading)
        requireTLS = reading.flag(.requireTLS)
        heloName = Self.heloName(&reading)
        authentication = reading.choice(.authentication, or: .none)
        allowPlaintextAuthentication = reading.flag(.allowPlaintextAuthentication)
    }

    /// Writes the values back, as `init` reads them.
    func write(to form: inout ProfileForm) {
        form[.host] = host?.text ?? ""
        form.set(.resolveMX, resolveMX)
        form[.addressFamily] = addressFamily.rawValue
        form[.tls] = tls.rawValue
        form[.port] = String(port)
        form[.timeoutSeconds] = String(timeoutSeconds)
        form.set(.verifyCertificate, verifyCertificate)
        form[.pinnedKey] = pinnedKey.map(Hexadecimal.encode) ?? ""
        form[.trustedCA] = trustedCA?.text ?? ""
        form[.clientCertificate] = clientCertificate?.text ?? ""
        form.set(.requireTLS, requireTLS)
        form[.heloName] = heloName?.text ?? ""
        form[.authentication] = authentication.rawValue
        form.set(.allowPlaintextAuthentication, allowPlaintextAuthentication)
    }

    private static func host(_ reading: inout FormReading) -> Host? {
        reading.read(.host) { text throws(FieldError) in
            if text.isEmpty { return nil }
            if text.utf8.contains(0x3A), text.utf8.first != 0x5B, Host("[\(text)]") != nil {
                throw FieldError(
                    "host",
                    "brackets",
                    "Put the IPv6 address in square brackets: [\(text)]."
                )
            }
            if text.utf8.contains(0x25), text.utf8.contains(0x3A) {
                throw FieldError(
                    "host",
                    "zone",
                    "Remove the zone (from % on): such addresses reach only one link of one "
                        + "machine. Enter a name, or an address that is the same everywhere."
                )
            }
            guard let host = Host(text) else {
                throw FieldError(
                    "host",
                    "form",
                    "Enter the name or address of the server only, like mail.example.com, "
                        + "192.0.2.25 or [2001:db8::25]."
                )
            }
            return host
        }
    }

    private static func heloName(_ reading: inout FormReading) -> HeloName? {
        reading.read(.heloName) { text throws(FieldError) in
            if text.isEmpty { return nil }
            guard let name = HeloName(text), text.lowercased() != "localhost" else {
                throw FieldError(
                    "heloName",
                    "form",
                    "Enter the public name of this server, like app.example.com, or leave it "
                        + "empty."
                )
            }
            return name
        }
    }

    /// SHA-256 as 64 hexadecimal digits, with or without colons, or in Base64 as traces show it.
    private static func digest(_ reading: inout FormReading) -> [UInt8]? {
        reading.read(.pinnedKey) { text throws(FieldError) in
            if text.isEmpty { return nil }
            let digits = String(decoding: text.utf8.filter { $0 != 0x3A }, as: UTF8.self)
            let bytes =
                // What is neither is told below.
                (try? Hexadecimal.decode(digits.lowercased())) ?? (try? Base64.decode(text))
            guard let bytes, bytes.count == 32 else {
                throw FieldError(
                    "pinnedKey",
                    "form",
                    "Enter the SHA-256 of the relay's key: 44 characters of Base64, as a test "
                        + "shows it, or 64 hexadecimal digits."
                )
            }
            return bytes
        }
    }
}

/// A certificate by its ID in the store; in a settings file by the path of a file.
package struct CertificateReference: Sendable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    static func read(
        _ field: ProfileField,
        _ reading: inout FormReading
    ) -> CertificateReference? {
        reading.read(field) { text in text.isEmpty ? nil : CertificateReference(text) }
    }
}
