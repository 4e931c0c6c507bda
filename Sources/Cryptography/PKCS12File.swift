import COpenSSL
package import Observability

/// What a PKCS#12 file (RFC 7292) held: a private key, its certificate and the chain.
package struct PKCS12File: Sendable {
    package let key: PrivateKey
    package let certificate: Certificate
    /// The other certificates of the file, issuers first as far as they follow each other.
    package let chain: [Certificate]
    /// Whether a part was protected with RC2, DES or 3DES: no cipher to rely on today.
    package let usesOldCipher: Bool

    /// The most rounds of a key derivation; a file with more would keep a thread for minutes.
    private static let roundLimit = 5_000_000
    private static let passwordLimit = 1024

    /// Opens a file; it can take a second: not on an event loop.
    ///
    /// Throws: `CertificateError`: `notPKCS12`, `wrongPassword`, `passwordRequired`, `noKey`,
    /// `noCertificate`, `keyDoesNotBelong`, `oldCipherMissing`, `damaged`, `tooExpensive`.
    package init(_ bytes: [UInt8], password: Redacted<[UInt8]>?) throws {
        guard !bytes.isEmpty else { throw CertificateError(.empty) }
        guard bytes.count <= PEMBlock.byteLimit else { throw CertificateError(.tooLarge) }
        let file = try Self.parse(bytes)
        defer { PKCS12_free(file) }
        let word = password?.reveal { $0 } ?? []
        guard word.count <= Self.passwordLimit, !word.contains(0) else {
            throw CertificateError(.wrongPassword)
        }
        let rounds = sendproof_pkcs12_rounds(file)
        guard (0...Self.roundLimit).contains(rounds) else {
            throw CertificateError(.tooExpensive)
        }
        let terminated = (word + [0]).map { CChar(bitPattern: $0) }
        let isProtected = rounds > 0
        let isNone =
            isProtected ? try Self.check(file, terminated, isGiven: password != nil) : word.isEmpty
        let opened = try terminated.withUnsafeBufferPointer { buffer in
            let word = Word(start: isNone ? nil : buffer.baseAddress, length: Int32(word.count))
            let isOld = try Self.inspect(file, word, isProtected: isProtected)
            return (isOld, try Self.open(file, word))
        }
        usesOldCipher = opened.0
        (key, certificate, chain) = opened.1
    }

    /// A password as libcrypto takes it; none at all is another one than an empty one.
    private struct Word {
        let start: UnsafePointer<CChar>?
        let length: Int32
    }

    private static func parse(_ bytes: [UInt8]) throws -> OpaquePointer {
        ERR_clear_error()
        // The file is tied to the library context in which its ciphers are looked up.
        var file: OpaquePointer? = PKCS12_init_ex(
            NID_pkcs7_data,
            OldCiphers.shared.context,
            nil
        )
        let consumed = bytes.withUnsafeBufferPointer { bytes -> Int? in
            var start = bytes.baseAddress
            guard d2i_PKCS12(&file, &start, bytes.count) != nil else { return nil }
            return start.map { $0 - (bytes.baseAddress ?? $0) }
        }
        guard let consumed, let file else {
            // libcrypto has freed what it could not fill.
            throw CertificateError(.notPKCS12, OpenSSLFailure.drain())
        }
        guard consumed == bytes.count else {
            PKCS12_free(file)
            throw CertificateError(.damaged, "bytes after the end")
        }
        return file
    }

    /// The file's own check of its password; whether it is the one for no password.
    private static func check(
        _ file: OpaquePointer,
        _ word: [CChar],
        isGiven: Bool
    ) throws -> Bool {
        defer { ERR_clear_error() }
        let length = Int32(word.count - 1)
        if PKCS12_verify_mac(file, word, length) == 1 { return false }
        if length == 0, PKCS12_verify_mac(file, nil, 0) == 1 { return true }
        throw CertificateError(
            isGiven && length > 0 ? .wrongPassword : .passwordRequired,
            OpenSSLFailure.drain()
        )
    }

    private static func inspect(
        _ file: OpaquePointer,
        _ word: Word,
        isProtected: Bool
    ) throws -> Bool {
        let found = sendproof_pkcs12_inspect(file, word.start, word.length, roundLimit)
        let reason = OpenSSLFailure.drain()
        func has(_ flag: some BinaryInteger) -> Bool { found & Int32(flag) != 0 }
        guard !has(sendproof_pkcs12_too_expensive) else {
            throw CertificateError(.tooExpensive)
        }
        let isOld = has(sendproof_pkcs12_old_cipher)
        guard !has(sendproof_pkcs12_unreadable) else {
            if isOld, !OldCiphers.shared.hasLegacy {
                throw CertificateError(.oldCipherMissing, reason)
            }
            // Without a check of its own, a wrong password shows only here.
            throw CertificateError(isProtected ? .damaged : .wrongPassword, reason)
        }
        guard has(sendproof_pkcs12_has_key) else { throw CertificateError(.noKey) }
        return isOld
    }

    private static func open(
        _ file: OpaquePointer,
        _ word: Word
    ) throws -> (PrivateKey, Certificate, [Certificate]) {
        var key: OpaquePointer?
        let found = sendproof_pkcs12_collect(
            file,
            word.start,
            word.length,
            OldCiphers.shared.context,
            &key
        )
        defer {
            sendproof_x509_stack_free(found)
            EVP_PKEY_free(key)
        }
        let reason = OpenSSLFailure.drain()
        guard let key else { throw CertificateError(.damaged, "key: \(reason)") }
        let count = sendproof_x509_stack_count(found)
        guard count > 0 else { throw CertificateError(.noCertificate) }
        guard count <= Certificate.countLimit else { throw CertificateError(.tooMany) }
        let certificates = try (0..<count).compactMap { sendproof_x509_stack_at(found, $0) }
            .map { try Certificate(der: CertificateHandle.der(of: $0)) }
        let copy = try portable(key)
        guard let own = try certificates.first(where: { try copy.belongs(to: $0) }) else {
            throw CertificateError(.keyDoesNotBelong)
        }
        return (copy, own, own.ordered(certificates))
    }

    /// The key without a tie to the library context of the old ciphers.
    private static func portable(_ key: OpaquePointer) throws -> PrivateKey {
        EVP_PKEY_up_ref(key)
        return try PrivateKey(pkcs8: PrivateKey(KeyPair(taking: key)).pkcs8())
    }
}

extension Certificate {
    /// `others` in the order of issuing, beginning with this one's issuer; what does not follow is
    /// put at the end.
    package func ordered(_ others: [Certificate]) -> [Certificate] {
        var rest = others.filter { $0 != self }
        var chain: [Certificate] = []
        var current = self
        while !current.isSelfSigned,
            let index = rest.firstIndex(where: {
                $0.subject.utf8.elementsEqual(current.issuer.utf8)
            })
        {
            current = rest.remove(at: index)
            chain.append(current)
        }
        return chain + rest
    }
}
