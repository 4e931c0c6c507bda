import COpenSSL

/// The certificates of a message, as libcrypto wants them.
final class CMSStack {
    let pointer: OpaquePointer

    init(_ certificates: [Certificate]) throws {
        pointer = try CMS.unwrap(sendproof_cms_stack_new(), "list")
        for certificate in certificates {
            let handle = try CertificateHandle(der: certificate.der)
            try CMS.check(sendproof_cms_stack_add(pointer, handle.pointer), "list")
        }
    }

    init(taking pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        sendproof_cms_stack_free(pointer)
    }

    var count: Int { Int(sendproof_cms_stack_count(pointer)) }
}
