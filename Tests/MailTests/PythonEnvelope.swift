import Testing

/// Opens encrypted messages with another implementation than OpenSSL's CMS: the structure is read by
/// these lines, after RFC 5652, 5083, 5084 and 5753; the ciphers are those of Python's
/// `cryptography`.
enum PythonEnvelope {
    static let program = """
        import sys
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, keywrap, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, padding
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

        def items(data):
            found = []
            while data:
                head, length = 2, data[1]
                if length > 127:
                    head = 2 + (length & 127)
                    length = int.from_bytes(data[2:head], 'big')
                found.append((data[0], data[head:head + length], data[:head + length]))
                data = data[head + length:]
            return found

        def inside(data, *path):
            for index in path:
                data = items(data)[index][1]
            return data

        envelope, key, certificate = [open(name, 'rb').read() for name in sys.argv[1:]]
        key = serialization.load_der_private_key(key, None)
        serial = x509.load_der_x509_certificate(certificate).serial_number
        AES = bytes.fromhex('6086480165030401')
        kind, fields = inside(envelope, 0, 0), items(inside(envelope, 0, 1, 0))
        at = [tag for tag, _, _ in fields].index(0x31)
        description = items(fields[at + 1][1])

        def is_ours(issuer_and_serial):
            return int.from_bytes(inside(issuer_and_serial, 1), 'big') == serial

        def transported(info):
            version, rid, algorithm, sealed = [part[1] for part in items(info)]
            assert inside(algorithm, 0) == bytes.fromhex('2a864886f70d010101'), 'rsaEncryption'
            return key.decrypt(sealed, padding.PKCS1v15()) if is_ours(rid) else None

        def agreed(info):
            version, originator, algorithm, keys = [part[1] for part in items(info)]
            scheme, wrap = items(algorithm)
            assert scheme[1] == bytes.fromhex('2b8104010b01'), 'dhSinglePass-stdDH-sha256kdf'
            bits = {5: 128, 45: 256}[inside(wrap[1], 0)[-1]]
            length = bytes([0xA2, 6, 4, 4]) + bits.to_bytes(4, 'big')
            shared = bytes([0x30, len(wrap[2]) + len(length)]) + wrap[2] + length
            for _, recipient, _ in items(keys):
                rid, sealed = [part[1] for part in items(recipient)]
                if not is_ours(rid): continue
                point = inside(originator, 0, 1)[1:]
                peer = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, point)
                secret = key.exchange(ec.ECDH(), peer)
                derived = X963KDF(hashes.SHA256(), bits // 8, shared).derive(secret)
                return keywrap.aes_key_unwrap(derived, sealed)

        kinds = {0x30: transported, 0xA1: agreed}
        is_rsa = not isinstance(key, ec.EllipticCurvePrivateKey)
        found = [kinds[tag](info) for tag, info, _ in items(fields[at][1]) if (tag == 0x30) == is_rsa]
        secret = [content_key for content_key in found if content_key][0]
        algorithm, parameter = items(description[1][1])
        assert description[2][0] == 0x80 and algorithm[1][:-1] == AES
        if algorithm[1][-1] == 46:
            assert kind == bytes.fromhex('2a864886f70d0109100117'), 'authEnvelopedData'
            sealed = description[2][1] + fields[at + 2][1]
            plain = AESGCM(secret).decrypt(inside(parameter[1], 0), sealed, None)
        else:
            assert kind == bytes.fromhex('2a864886f70d010703'), 'envelopedData'
            cipher = Cipher(algorithms.AES(secret), modes.CBC(parameter[1])).decryptor()
            plain = cipher.update(description[2][1]) + cipher.finalize()
            plain = plain[:-plain[-1]]
        assert len(secret) == (16 if algorithm[1][-1] == 2 else 32)
        sys.stdout.buffer.write(plain)
        """
}

extension SMIMEFolder {
    /// The content of an envelope, with the key of one of its recipients.
    func decryptWithPython(_ file: String, for recipient: String) throws -> Answer {
        // Debian's, which has the package.
        try run(
            "/usr/bin/python3",
            "-c",
            PythonEnvelope.program,
            file,
            "\(recipient).p8",
            "\(recipient).der"
        )
    }
}
