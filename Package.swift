// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A module of the product: memory-safe, each exception marked `unsafe` in its code.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: strict + [.strictMemorySafety()]
    )
}

/// One of the few modules that wrap a C library; pointers live here and nowhere above.
func wrapper(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A test suite; it may reach into the floor without marking each call.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "sendproof",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor: system libraries.
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CArgon2",
            pkgConfig: "libargon2",
            providers: [.apt(["libargon2-dev"])]
        ),
        .systemLibrary(
            name: "CResolver",
            pkgConfig: "libcares",
            providers: [.apt(["libc-ares-dev"])]
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CSASL",
            pkgConfig: "libgsasl",
            providers: [.apt(["libgsasl-dev"])]
        ),
        // Without pkg-config: it names its headers as system headers, which SwiftPM refuses.
        .systemLibrary(name: "CGSSAPI", providers: [.apt(["libkrb5-dev"])]),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(name: "CLinux"),
        // In the product only: it clears all memory that is given back.
        .target(name: "CCleansing"),
        module("Observability", [logging]),
        // Mechanism.
        wrapper("Sockets", ["Observability", "COpenSSL", "CResolver", "CLinux"]),
        module("HTTP", ["Sockets", "Observability", "CZlib"]),
        wrapper("Outbound", ["Sockets", "Observability", "CCurl"]),
        module("Templates", ["Observability"]),
        wrapper("Postgres", ["Sockets", "Observability", "CPostgres"]),
        wrapper("Cryptography", ["COpenSSL", "CArgon2", "Observability"]),
        wrapper("SASL", ["CSASL", "CGSSAPI", "Observability"]),
        // Engines.
        module("Mail", ["Cryptography", "Observability"]),
        module(
            "SMTP",
            ["Mail", "SASL", "Sockets", "Outbound", "Cryptography", "Observability"],
            resources: [.embedInCode("Advice/notices.json")]
        ),
        module("OAuth", ["SMTP", "Outbound", "Sockets", "Cryptography", "Observability"]),
        module(
            "SecretProviders",
            ["OAuth", "SMTP", "Outbound", "Sockets", "Cryptography", "Observability"]
        ),
        module(
            "MicrosoftGraph",
            ["OAuth", "SMTP", "Mail", "Outbound", "Sockets", "Cryptography", "Observability"]
        ),
        module("Capture", ["Sockets", "Mail", "Observability"]),
        // Services.
        module("Accounts", ["Postgres", "Cryptography", "Sockets", "Observability"]),
        module(
            "Secrets",
            [
                "Accounts", "Postgres", "SecretProviders", "OAuth", "SMTP", "Outbound",
                "Cryptography", "Sockets", "Observability",
            ]
        ),
        module("Jobs", ["Postgres", "Sockets", "Observability", logging]),
        // Products.
        module(
            "EmailSettings",
            [
                "Accounts", "Secrets", "Postgres", "SecretProviders", "MicrosoftGraph", "OAuth",
                "SMTP", "Mail", "Outbound", "Cryptography", "Sockets", "Observability",
            ],
            resources: [.embedInCode("presets.json")]
        ),
        module(
            "TestSends",
            [
                "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres", "SecretProviders",
                "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "Sockets",
                "Observability", logging,
            ]
        ),
        module(
            "Expirations",
            [
                "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres",
                "SecretProviders", "SMTP", "Outbound", "Cryptography", "Sockets", "Observability",
                logging,
            ]
        ),
        module(
            "Notifications",
            [
                "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres",
                "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "Sockets",
                "Observability", logging,
            ]
        ),
        // Face.
        module(
            "Console",
            [
                "Notifications", "Expirations", "TestSends", "EmailSettings", "Accounts", "Secrets",
                "Postgres",
                "SecretProviders",
                "OAuth", "SMTP", "Mail", "Outbound", "Cryptography", "HTTP", "Templates", "Sockets",
                "Observability", logging,
            ]
        ),
        module(
            "API",
            [
                "Notifications", "Expirations", "TestSends", "EmailSettings", "Accounts", "Secrets",
                "Postgres",
                "SecretProviders", "OAuth", "SMTP", "Mail", "Cryptography", "HTTP", "Sockets",
                "Observability",
            ]
        ),
        .executableTarget(
            name: "sendproof",
            dependencies: [
                "CCleansing",
                "Console", "API", "Capture", "Notifications", "Expirations", "TestSends",
                "EmailSettings",
                "Accounts", "Secrets",
                "Jobs",
                "Postgres",
                "SecretProviders", "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "HTTP",
                "Templates", "Sockets", "Cryptography", "Observability", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict + [.strictMemorySafety()]
        ),
        // Measured by deploy/bench; not part of the product.
        .executableTarget(
            name: "BenchServer",
            dependencies: [
                "HTTP", "Sockets", "Templates", "Notifications", "TestSends", "EmailSettings",
                "Accounts", "Secrets", "Postgres", "SMTP", "Mail", "Cryptography", "Observability",
            ],
            swiftSettings: strict + [.strictMemorySafety()]
        ),
        // Tests.
        .target(
            name: "TestCertificates",
            dependencies: ["COpenSSL"],
            path: "Tests/TestCertificates",
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "Cryptography", "Observability", logging],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "TestServers",
            dependencies: ["Outbound", "Sockets", "Observability"],
            path: "Tests/TestServers",
            swiftSettings: strict
        ),
        .target(
            name: "TestTokens",
            dependencies: ["HTTP", "Sockets", "Cryptography", "Observability", "TestCertificates"],
            path: "Tests/TestTokens",
            swiftSettings: strict
        ),
        .target(
            name: "TestGraph",
            dependencies: [
                "SMTP", "HTTP", "Sockets", "Cryptography", "Observability", "TestCertificates",
            ],
            path: "Tests/TestGraph",
            swiftSettings: strict
        ),
        .target(
            name: "TestVaults",
            dependencies: ["Sockets", "Observability", "TestCertificates"],
            path: "Tests/TestVaults",
            swiftSettings: strict
        ),
        tests("SocketsTests", ["Sockets", "CLinux", "Observability", "TestCertificates"]),
        tests("HTTPTests", ["HTTP", "Sockets", "Observability", "TestCertificates"]),
        tests("TemplatesTests", ["Templates"]),
        tests("PostgresTests", ["Postgres", "TestSupport", "Sockets", "Observability"]),
        tests(
            "CryptographyTests",
            ["Cryptography", "Observability", "COpenSSL", "TestSupport"]
        ),
        tests("MailTests", ["Mail", "Cryptography"]),
        tests("SASLTests", ["SASL", "COpenSSL", "Observability"]),
        tests(
            "OutboundTests",
            ["Outbound", "HTTP", "Sockets", "Observability", "TestCertificates"]
        ),
        tests(
            "OAuthTests",
            [
                "OAuth", "SMTP", "Outbound", "HTTP", "Sockets", "Cryptography", "Observability",
                "TestCertificates", "TestServers", "TestTokens",
            ]
        ),
        tests(
            "MicrosoftGraphTests",
            [
                "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Outbound", "HTTP", "Sockets",
                "Cryptography", "Observability", "TestCertificates", "TestGraph",
            ]
        ),
        tests(
            "SecretProvidersTests",
            [
                "SecretProviders", "OAuth", "SMTP", "Outbound", "Sockets", "Cryptography",
                "Observability", "TestCertificates", "TestVaults",
            ]
        ),
        tests(
            "SMTPTests",
            [
                "EmailSettings", "SMTP", "OAuth", "SASL", "CSASL", "Mail", "Outbound", "Sockets",
                "COpenSSL",
                "Cryptography",
                "Observability",
                "TestCertificates", "TestServers", "TestSupport", "sendproof",
            ],
            exclude: ["Corpus"]
        ),
        tests("CaptureTests", ["Capture", "Sockets", "Observability", "TestCertificates"]),
        tests(
            "AccountsTests",
            ["Accounts", "Cryptography", "Postgres", "TestSupport", "Sockets", "Observability"]
        ),
        tests(
            "SecretsTests",
            [
                "Secrets", "Accounts", "Cryptography", "Postgres", "SecretProviders", "SMTP",
                "Outbound", "TestSupport", "Sockets", "Observability",
            ]
        ),
        tests(
            "JobsTests",
            ["Jobs", "Postgres", "TestSupport", "Sockets", "Observability", logging]
        ),
        .executableTarget(
            name: "TestWorkerProcess",
            dependencies: [
                "Notifications", "TestSends", "EmailSettings", "Accounts", "Jobs", "Secrets",
                "Cryptography", "Postgres", "Sockets", "Observability", logging,
            ],
            path: "Tests/TestWorkerProcess",
            swiftSettings: strict
        ),
        tests(
            "TestSendsTests",
            [
                "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs", "Postgres", "SMTP",
                "Mail", "OAuth", "SecretProviders", "MicrosoftGraph", "Outbound", "Cryptography",
                "Sockets", "Observability", "TestSupport", "TestCertificates", "TestTokens",
                "TestVaults", "TestGraph", "TestServers", "TestWorkerProcess", logging,
            ]
        ),
        tests(
            "NotificationsTests",
            [
                "Notifications", "TestSends", "EmailSettings", "Accounts", "Secrets", "Jobs",
                "SecretProviders", "MicrosoftGraph", "OAuth", "SMTP", "Mail", "Capture", "Outbound",
                "Cryptography", "Postgres", "Sockets", "Observability", "TestSupport", "TestGraph",
                "TestCertificates", "TestTokens", "TestVaults", "TestServers", "TestWorkerProcess",
                logging,
            ]
        ),
        tests(
            "ExpirationsTests",
            [
                "Expirations", "TestSends", "EmailSettings", "Accounts", "Secrets",
                "SecretProviders",
                "OAuth", "SMTP",
                "Outbound", "Cryptography", "Postgres", "HTTP", "Sockets", "Observability",
                "TestSupport", "TestCertificates", "TestTokens", logging,
            ]
        ),
        tests(
            "EmailSettingsTests",
            [
                "EmailSettings", "Accounts", "Secrets", "SMTP", "Mail", "Outbound", "Cryptography",
                "Postgres", "TestSupport", "TestCertificates", "Sockets", "Observability",
            ]
        ),
        tests(
            "ConsoleTests",
            [
                "Console", "Notifications", "Expirations", "TestSends", "EmailSettings", "Accounts",
                "Secrets", "SecretProviders", "OAuth", "SMTP",
                "Mail", "Outbound", "Cryptography", "Postgres", "TestSupport", "TestCertificates",
                "TestTokens", "TestVaults", "HTTP",
                "Templates", "Sockets", "Observability", logging,
            ]
        ),
        tests(
            "APITests",
            [
                "API", "Console", "Notifications", "Expirations", "TestSends", "EmailSettings",
                "Accounts",
                "Secrets", "SecretProviders", "OAuth", "SMTP",
                "Mail", "Outbound", "Cryptography", "Postgres", "TestSupport", "HTTP", "Templates",
                "Sockets", "Observability", logging,
            ]
        ),
        tests(
            "CommandTests",
            [
                "sendproof", "Capture", "EmailSettings", "Accounts", "Secrets", "SMTP", "Mail",
                "Cryptography", "Postgres", "TestSupport", "TestCertificates", "TestTokens",
                "TestSends", "Sockets", "OAuth", "Outbound", "SecretProviders", "Observability",
            ]
        ),
        tests("ArchitectureTests", ["Console", "Templates", "SMTP", "Postgres", "TestSupport"]),
    ]
)

// Only for deploy/fuzz: libFuzzer brings the entry point, so that no other build can link it.
if Context.environment["SENDPROOF_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: ["SMTP", "SASL", "Mail", "Sockets", "Observability"],
            path: "Tests/Fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
