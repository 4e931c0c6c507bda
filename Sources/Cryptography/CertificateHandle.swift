import COpenSSL

/// libcrypto's form of a certificate that came from outside; only read.
// Unchecked: parsed in init and never changed; its extensions are read once, in init.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Throws: `tooLarge`, `notACertificate`, `damaged` for one with bytes after its end or with
    /// extensions that cannot be read.
    init(der: [UInt8]) throws {
        guard der.count <= Certificate.byteLimit else { throw CertificateError(.tooLarge) }
        ERR_clear_error()
        var consumed = 0
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            let certificate = d2i_X509(nil, &start, bytes.count)
            consumed = start.map { $0 - (bytes.baseAddress ?? $0) } ?? 0
            return certificate
        }
        guard let parsed else {
            throw CertificateError(.notACertificate, OpenSSLFailure.drain())
        }
        pointer = parsed
        guard consumed == der.count else { throw CertificateError(.damaged, "bytes after the end") }
        let flags = X509_get_extension_flags(pointer)
        ERR_clear_error()
        guard flags & UInt32(EXFLAG_INVALID) == 0 else {
            throw CertificateError(.damaged, "extensions")
        }
    }

    deinit {
        X509_free(pointer)
    }

    /// Takes one more reference of libcrypto's certificate and gives its DER.
    static func der(of certificate: OpaquePointer) throws -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(certificate, &bytes)
        defer { sendproof_x509_free_bytes(bytes) }
        guard count > 0, let bytes else {
            throw CertificateError(.damaged, OpenSSLFailure.drain())
        }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    func text(of name: OpaquePointer?) throws -> String {
        let written = try PEM.write("print name") { sink in
            sendproof_x509_print_name(sink, name) >= 0 ? 1 : 0
        }
        return String(decoding: written.reveal(), as: UTF8.self)
    }

    func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws -> Int64 {
        var seconds: Int64 = 0
        guard sendproof_x509_seconds(time, &seconds) == 1 else {
            throw CertificateError(.damaged, "time: \(OpenSSLFailure.drain())")
        }
        return seconds
    }

    /// The SubjectPublicKeyInfo in DER.
    func publicKeyBytes() throws -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), &bytes)
        defer { sendproof_x509_free_bytes(bytes) }
        guard count > 0, let bytes else {
            throw CertificateError(.damaged, OpenSSLFailure.drain())
        }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }

    func names() -> [CertificateName] {
        let names = sendproof_x509_names(pointer)
        defer { sendproof_x509_names_free(names) }
        return CertificateName.all(in: names)
    }
}

extension CertificateName {
    /// The host names, addresses and email addresses of a list; other kinds are left out.
    static func all(in names: OpaquePointer?) -> [CertificateName] {
        (0..<min(sendproof_x509_names_count(names), 200)).compactMap { index in
            var type: Int32 = 0
            var length: Int32 = 0
            guard let start = sendproof_x509_name_at(names, index, &type, &length) else {
                return nil
            }
            let bytes = Array(UnsafeBufferPointer(start: start, count: Int(length)))
            return CertificateName(type: type, bytes: bytes)
        }
    }
}
