import COpenSSL
import Glibc

extension TLSCertificate {
    /// Reads what a person wants to know from OpenSSL's structure, which stays the caller's.
    init(_ certificate: OpaquePointer) {
        self.init(
            subject: Self.text(of: X509_get_subject_name(certificate)),
            issuer: Self.text(of: X509_get_issuer_name(certificate)),
            names: Self.alternativeNames(certificate),
            notBefore: Self.seconds(X509_get0_notBefore(certificate)),
            notAfter: Self.seconds(X509_get0_notAfter(certificate)),
            fingerprint: Self.fingerprint(certificate),
            key: Self.key(X509_get0_pubkey(certificate)),
            keyDigest: Self.keyDigest(certificate),
            signature: OBJ_nid2sn(X509_get_signature_nid(certificate))
                .map { String(cString: $0) } ?? ""
        )
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name, let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        guard sendproof_tls_print_name(memory, name) >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }

    private static func alternativeNames(_ certificate: OpaquePointer) -> [String] {
        guard let names = sendproof_tls_alternative_names(certificate) else { return [] }
        defer { sendproof_tls_free_names(names) }
        return (0..<min(sendproof_tls_names_count(names), 100)).compactMap { index in
            var type: Int32 = 0
            var length: Int32 = 0
            guard let value = sendproof_tls_name_at(names, index, &type, &length) else {
                return nil
            }
            let bytes = Array(UnsafeBufferPointer(start: value, count: Int(length)))
            if type == GEN_DNS { return String(decoding: bytes, as: UTF8.self) }
            switch bytes.count {
            case 4: return SocketAddress(family: .ipv4, bytes: bytes, port: 0).host
            case 16: return SocketAddress(family: .ipv6, bytes: bytes, port: 0).host
            default: return nil
            }
        }
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var fields = tm()
        guard ASN1_TIME_to_tm(time, &fields) == 1 else { return 0 }
        return Int64(timegm(&fields))
    }

    private static func key(_ key: OpaquePointer?) -> String {
        guard let key, let type = EVP_PKEY_get0_type_name(key) else { return "" }
        let name = String(cString: type)
        var group = [CChar](repeating: 0, count: 64)
        guard EVP_PKEY_get_group_name(key, &group, group.count, nil) == 1 else {
            return "\(name) \(EVP_PKEY_get_bits(key))"
        }
        let used = group.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return "\(name) \(String(decoding: used, as: UTF8.self))"
    }

    static func keyDigest(_ certificate: OpaquePointer) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = sendproof_tls_key_bytes(certificate, &bytes)
        guard count > 0, let bytes else { return [] }
        defer { sendproof_tls_free(bytes) }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var size: UInt32 = 0
        guard EVP_Digest(bytes, Int(count), &digest, &size, EVP_sha256(), nil) == 1 else {
            return []
        }
        return Array(digest.prefix(Int(size)))
    }

    private static func fingerprint(_ certificate: OpaquePointer) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return "" }
        let digits = Array("0123456789abcdef".utf8)
        let text = digest.prefix(Int(count)).flatMap {
            [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
