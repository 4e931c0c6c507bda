import Cryptography
import Foundation
import Mail
import Testing

/// Certificates and keys by the `openssl` program, and the programs that read S/MIME, in a folder of
/// one suite.
struct SMIMEFolder: Sendable {
    @TaskLocal static var current: SMIMEFolder?

    struct Answer {
        let status: Int32
        let output: [UInt8]
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    let folder: URL

    /// The folder of the suite that runs.
    static func here() throws -> SMIMEFolder {
        try #require(current, "the suite has the trait .certificates")
    }

    fileprivate init() throws {
        // A short path, because the agent of gpgsm has its socket in it.
        folder = URL(filePath: "/tmp/smime-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let made = try run("bash", "-c", Self.script)
        try #require(made.status == 0, "\(made.errors)")
    }

    fileprivate func remove() throws {
        // Ends the agent of this folder only.
        _ = try run("gpgconf", "--kill", "all")
        _ = try run("gpgconf", "--remove-socketdir")
        try FileManager.default.removeItem(at: folder)
    }

    func run(_ program: String, _ arguments: String..., input: [UInt8] = []) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        environment["GNUPGHOME"] = folder.appending(path: "gnupg").path
        process.environment = environment
        // Files, as an agent that starts in between would keep a pipe open.
        let files = try ["in", "out", "err"].map { name in
            let url = folder.appending(path: "\(UUID().uuidString).\(name)")
            try Data(name == "in" ? input : []).write(to: url)
            return url
        }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus,
            output: try [UInt8](Data(contentsOf: files[1])),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        )
    }

    /// Writes a file under a name of its own.
    func write(_ bytes: [UInt8]) throws -> String {
        let name = "\(UUID().uuidString).file"
        try Data(bytes).write(to: folder.appending(path: name))
        return name
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    func certificate(_ name: String) throws -> CMSCertificate {
        try CMSCertificate(der: try bytes("\(name).der"))
    }

    func identity(_ name: String, chain: [String] = []) throws -> SMIMEIdentity {
        try SMIMEIdentity(
            certificate: try bytes("\(name).der"),
            chain: try chain.map { try bytes("\($0).der") },
            privateKey: SecretBytes(try bytes("\(name).p8"))
        )
    }

    /// One shell script, because it runs twenty programs.
    private static let script = """
        set -euo pipefail
        issuer=ca
        extensions() {
            printf 'basicConstraints=critical,CA:%s\\nkeyUsage=critical,%s\\n%b' "$1" "$2" "$3"
        }
        # issue NAME KEY USAGE EXTENSIONS [DIGEST]
        issue() {
            openssl req -new -newkey $2 -nodes -keyout $1.key -out $1.csr \
                -subj "/O=Grüner Verlag, Köln/CN=$1" -utf8
            extensions ${ca:-FALSE} "$3" "$4" >$1.ext
            openssl x509 -req -in $1.csr -CA $issuer.pem -CAkey $issuer.key -CAcreateserial \
                -days 365 -extfile $1.ext -out $1.pem ${5:--sha256}
            openssl x509 -in $1.pem -outform DER -out $1.der
            openssl pkcs8 -topk8 -nocrypt -in $1.key -outform DER -out $1.p8
        }
        email='extendedKeyUsage=emailProtection\\nsubjectAltName=email:'
        p256='ec -pkeyopt ec_paramgen_curve:P-256'
        all=digitalSignature,nonRepudiation,keyEncipherment
        openssl req -x509 -newkey $p256 -nodes -keyout ca.key -out ca.pem -days 3650 \
            -subj '/O=Acme/CN=Test CA' -addext keyUsage=critical,keyCertSign,cRLSign
        issue ada rsa:2048 $all "${email}ada@example.com"
        issue joan rsa:2048 $all "${email}joan@example.net"
        issue grace "$p256" digitalSignature,keyAgreement "${email}grace@example.org"
        issue kim 'ec -pkeyopt ec_paramgen_curve:P-384' digitalSignature,keyAgreement \
            "${email}kim@example.org"
        issue signer "$p256" nonRepudiation "${email}ada@example.com"
        issue reader "$p256" keyAgreement "${email}ada@example.com"
        issue server "$p256" digitalSignature,keyAgreement 'extendedKeyUsage=serverAuth\\n'
        issue any "$p256" digitalSignature,keyAgreement 'extendedKeyUsage=anyExtendedKeyUsage\\n'
        issue bare "$p256" digitalSignature,keyAgreement ''
        issue short rsa:1024 $all "${email}ada@example.com"
        issue old "$p256" digitalSignature,keyAgreement "${email}ada@example.com" -sha1
        issue pss 'rsa-pss -pkeyopt rsa_keygen_bits:2048' $all "${email}ada@example.com"
        issue edward ed25519 digitalSignature,keyAgreement "${email}ada@example.com"
        ca=TRUE issue middle "$p256" keyCertSign ''
        issuer=middle
        issue far "$p256" digitalSignature,keyAgreement "${email}ada@example.com"
        mkdir -m 700 gnupg
        openssl x509 -in ca.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S relax/' \
            >gnupg/trustlist.txt
        echo disable-crl-checks >gnupg/gpgsm.conf
        gpgsm --batch --import ca.pem grace.pem kim.pem joan.pem
        openssl pkcs12 -export -legacy -in ada.pem -inkey ada.key -passout pass:secret -out ada.p12
        echo secret | gpgsm --batch --pinentry-mode loopback --passphrase-fd 0 --import ada.p12
        """
}

/// Makes the folder before the suite's first test, and removes it after its last.
struct CertificatesTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = try SMIMEFolder()
        do {
            try await SMIMEFolder.$current.withValue(folder) { try await function() }
        } catch {
            try folder.remove()
            throw error
        }
        try folder.remove()
    }
}

extension Trait where Self == CertificatesTrait {
    static var certificates: CertificatesTrait { CertificatesTrait() }
}
