import COpenSSL
import Observability
import Testing

@testable import Cryptography

@Suite struct CryptographyErrorTests {
    @Test(arguments: CryptographyError.Kind.allCases)
    func `every kind has a code of its own and a sentence`(kind: CryptographyError.Kind) {
        let error = CryptographyError(kind, "inside 1234")

        #expect(error.code == "cryptography.\(kind)")
        #expect(error.userText.hasSuffix("."))
        #expect(!"\(error)".contains("1234"))
        #expect(error.operatorText.contains("inside 1234"))
    }

    @Test func `the error queue is put into words and is empty afterwards`() {
        ERR_clear_error()
        let made = ShortKey.generate()
        #expect(made == 0)

        let error = #expect(throws: CryptographyError.self) {
            try OpenSSLFailure.check(made, "short key")
        }

        #expect(error?.kind == .library)
        #expect(error?.detail.contains("short key: error:") == true)
        #expect(ERR_peek_error() == 0)
    }

    @Test func `a failure without words says so`() {
        ERR_clear_error()
        #expect(OpenSSLFailure.drain() == "no reason given")
    }
}

/// Something that libcrypto refuses with an entry in its error queue.
enum ShortKey {
    static func generate() -> Int32 {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { return 1 }
        guard EVP_PKEY_CTX_set_rsa_keygen_bits(context, 8) == 1 else { return 0 }
        var key: OpaquePointer?
        return EVP_PKEY_keygen(context, &key) == 1 ? 1 : 0
    }
}
