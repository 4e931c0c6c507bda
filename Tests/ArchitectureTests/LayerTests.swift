import Foundation
import Testing

/// The layers, lowest first; a module imports from lower layers and, inside its own, as listed.
enum Layers {
    static let floor = ["Observability"]
    static let mechanisms = [
        "Sockets", "HTTP", "Outbound", "Templates", "Postgres", "Cryptography", "SASL",
    ]
    static let engines = [
        "Mail", "SMTP", "OAuth", "SecretProviders", "MicrosoftGraph", "Capture",
    ]
    static let services = ["Accounts", "Secrets", "Jobs"]
    static let products = ["EmailSettings", "TestSends", "Expirations", "Notifications"]
    static let faces = ["Console", "API"]
    static let executables = ["sendproof", "BenchServer"]
    static let wrappedLibraries = [
        "CPostgres", "COpenSSL", "CArgon2", "CResolver", "CCurl", "CZlib", "CLinux", "CSASL",
        "CGSSAPI",
    ]

    /// What each module may import of the project's own modules and of packages.
    static let allowed: [String: Set<String>] = [
        "Observability": ["Logging"],
        "Sockets": ["Observability", "COpenSSL", "CResolver", "CLinux"],
        "HTTP": ["Sockets", "Observability", "CZlib"],
        "Outbound": ["Sockets", "Observability", "CCurl"],
        "Templates": ["Observability"],
        "Postgres": ["Sockets", "Observability", "CPostgres"],
        "Cryptography": ["Observability", "COpenSSL", "CArgon2"],
        "SASL": ["Observability", "CSASL", "CGSSAPI"],
        "Mail": ["Cryptography", "Observability"],
        "SMTP": ["Mail", "SASL", "Sockets", "Outbound", "Cryptography", "Observability"],
        "OAuth": ["SMTP", "Outbound", "Sockets", "Cryptography", "Observability"],
        "SecretProviders": [
            "OAuth", "SMTP", "Outbound", "Sockets", "Cryptography", "Observability",
        ],
        "MicrosoftGraph": [
            "OAuth", "SMTP", "Mail", "Outbound", "Sockets", "Cryptography", "Observability",
        ],
        "Capture": ["Mail", "Sockets", "Observability"],
        "Accounts": ["Postgres", "Cryptography", "Sockets", "Observability"],
        "Secrets": [
            "Accounts", "Postgres", "SecretProviders", "OAuth", "SMTP", "Outbound", "Cryptography",
            "Sockets", "Observability",
        ],
        "Jobs": ["Postgres", "Sockets", "Observability", "Logging"],
        "EmailSettings": [
            "Accounts", "Secrets", "Postgres", "SecretProviders", "MicrosoftGraph", "OAuth", "SMTP",
            "Mail", "Outbound", "Cryptography", "Sockets", "Observability",
        ],
        "TestSends": [
            "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres", "SecretProviders",
            "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "Sockets",
            "Observability", "Logging",
        ],
        "Expirations": [
            "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres",
            "SecretProviders", "SMTP", "Outbound", "Cryptography", "Sockets", "Observability",
            "Logging",
        ],
        "Notifications": [
            "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres",
            "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "Sockets",
            "Observability", "Logging",
        ],
        "Console": [
            "Notifications", "Expirations", "TestSends", "EmailSettings", "Accounts", "Secrets",
            "Postgres",
            "SecretProviders",
            "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "HTTP", "Templates", "Sockets",
            "Observability", "Logging",
        ],
        "API": [
            "Notifications", "Expirations", "TestSends", "EmailSettings", "Accounts", "Secrets",
            "Postgres",
            "SecretProviders", "OAuth", "SMTP", "Mail", "Cryptography", "HTTP", "Sockets",
            "Observability",
        ],
    ]

    /// The few modules that see a C library.
    static let wrappers: [String: Set<String>] = [
        "COpenSSL": ["Sockets", "Cryptography"], "CArgon2": ["Cryptography"],
        "CPostgres": ["Postgres"], "CResolver": ["Sockets"], "CCurl": ["Outbound"],
        "CZlib": ["HTTP"], "CLinux": ["Sockets"], "CSASL": ["SASL"], "CGSSAPI": ["SASL"],
    ]

    /// What belongs to the toolchain and is no module of anybody.
    static let toolchain: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials"]

    static let ordered = [floor, mechanisms, engines, services, products, faces]
}

@Suite struct LayerTests {
    struct Import {
        let file: SourceFile
        let name: String
    }

    let files: [SourceFile]
    let imports: [Import]

    init() throws {
        files = try Repository.files("Sources", ".swift")
        imports = files.flatMap { file in
            file.lines.compactMap(Self.importedName).map { Import(file: file, name: $0) }
        }
    }

    /// The module an import line names: `package import Mail`, `@testable import Mail`.
    static func importedName(_ line: String) -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
            words[..<index].allSatisfy({ $0.hasPrefix("@") || Self.modifiers.contains($0) })
        else { return nil }
        let kinds = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        let next = words[index + 1]
        let name = kinds.contains(next) && index + 2 < words.count ? words[index + 2] : next
        return name.split(separator: ".").first.map(String.init)
    }

    static let modifiers = ["public", "package", "internal", "fileprivate", "private"]

    @Test func `an import line is read whatever stands before it`() {
        #expect(Self.importedName("package import Mail") == "Mail")
        #expect(Self.importedName("@testable import struct Mail.Address") == "Mail")
        #expect(Self.importedName("    /// import nothing") == nil)
    }

    @Test func `every folder of Sources is a module of a layer`() throws {
        let known = Set(Layers.ordered.flatMap(\.self) + Layers.executables)
        let found = Set(files.map(\.module))
        #expect(found == known)
        #expect(Set(Layers.allowed.keys) == known.subtracting(Layers.executables))
    }

    @Test func `a module imports only what its layer allows`() {
        #expect(imports.count > 300)
        let wrong = imports.filter { found in
            guard let allowed = Layers.allowed[found.file.module] else { return false }
            return !allowed.contains(found.name) && !Layers.toolchain.contains(found.name)
        }
        #expect(wrong.map { "\($0.file.path): \($0.name)" } == [])
    }

    @Test func `the table itself points downwards only`() {
        for (level, layer) in Layers.ordered.enumerated() {
            let above = Set(Layers.ordered[(level + 1)...].flatMap(\.self))
            for module in layer {
                #expect(Layers.allowed[module]?.isDisjoint(with: above) == true, "\(module)")
            }
        }
        #expect(Layers.allowed["SMTP"]?.contains("Postgres") == false)
    }

    @Test func `a C library is seen by its wrapper only`() {
        let wrong = imports.filter { found in
            guard let wrappers = Layers.wrappers[found.name] else { return false }
            return !wrappers.contains(found.file.module)
        }
        #expect(wrong.map { "\($0.file.path): \($0.name)" } == [])
    }

    @Test func `nothing imports all of Foundation`() {
        let wrong = imports.filter { $0.name == "Foundation" }
        #expect(wrong.map(\.file.path) == [])
    }
}
