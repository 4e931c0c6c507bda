import Testing

@testable import Cryptography

@Suite struct HKDFTests {
    // RFC 5869, appendix A.1 to A.3.
    @Test func `HKDF gives the keys of RFC 5869`() throws {
        let key = SecretBytes([UInt8](repeating: 0x0b, count: 22))
        #expect(
            try hex(
                HKDF.derive(
                    from: key,
                    salt: Array(0...0x0c),
                    info: Array(0xf0...0xf9),
                    count: 42
                ).reveal()
            )
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865"
        )
        #expect(
            try hex(
                HKDF.derive(
                    from: SecretBytes(Array(0...0x4f)),
                    salt: Array(0x60...0xaf),
                    info: Array(0xb0...0xff),
                    count: 82
                ).reveal()
            )
                == "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
        )
        #expect(
            try hex(HKDF.derive(from: key, info: [], count: 42).reveal())
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8"
        )
    }

    @Test func `another purpose gives an unrelated key of 32 bytes`() throws {
        let key = SecretBytes([UInt8](repeating: 1, count: 32))
        let first = try HKDF.derive(from: key, info: Array("sessions".utf8))
        let second = try HKDF.derive(from: key, info: Array("tokens".utf8))

        #expect(first != second)
        #expect(first.count == 32)
    }

    @Test(arguments: [0, -1, 8161])
    func `a length that cannot be derived is refused`(count: Int) {
        #expect(
            failure { _ = try HKDF.derive(from: SecretBytes("key"), info: [], count: count) }
                == .invalidLength
        )
    }
}
