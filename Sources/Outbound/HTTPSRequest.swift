package import Observability

/// One request to a server of somebody else.
package struct HTTPSRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    /// A field of the head; its value is a secret more often than not.
    package struct Header: Sendable {
        let name: String
        let value: Redacted<[UInt8]>

        /// Nil when name or value could end the line.
        package init?(_ name: String, _ value: Redacted<[UInt8]>) {
            let isName =
                !name.isEmpty
                && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A }
            let isValue = value.reveal { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
            guard isName, isValue else { return nil }
            self.name = name
            self.value = value
        }

        package init?(_ name: String, _ value: String) {
            self.init(name, Redacted(Array(value.utf8)))
        }
    }

    package let method: Method
    package let url: HTTPSURL
    package var headers: [Header] = []
    /// Of a POST.
    package var body: Redacted<[UInt8]>
    /// A proxy to go through; plain HTTP to this machine goes without.
    package var proxy: Proxy?
    /// Certificates in PEM that are trusted besides the system's.
    package var trustedCertificates: [UInt8] = []
    /// Certificate chain and key, both PEM, for a server that asks for one.
    package var clientCertificate: (chain: [UInt8], key: Redacted<[UInt8]>)?
    /// Bytes of the answer's body that are read; a longer one is an error.
    package var answerLimit = HTTPSClient.bodyLimit
    /// How long connecting may take, encryption included; nil: as long as the whole.
    package var connectTime: Duration?

    package init(
        _ method: Method,
        _ url: HTTPSURL,
        headers: [Header] = [],
        body: Redacted<[UInt8]> = Redacted([]),
        proxy: Proxy? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.proxy = proxy
    }
}

/// What a server answered; redirections are not followed.
package struct HTTPSResponse: Sendable {
    /// 100–999.
    package let status: Int
    /// Names in lower case, in their order.
    package let headers: [(name: String, value: String)]
    package let body: Redacted<[UInt8]>

    package init(status: Int, headers: [(name: String, value: String)], body: Redacted<[UInt8]>) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of that name, given in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
