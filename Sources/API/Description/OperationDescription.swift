import HTTP
import SMTP
import TestSends

/// An operation in words, and what goes in and out.
struct OperationDescription {
    struct QueryItem {
        let name: String
        let kind: FieldTable.Kind
        let note: String
    }

    let summary: String
    /// What the answer is.
    let answer: String
    var status = Status.ok
    /// The schema of the body; nil: there is none.
    var input: String?
    var inputExample: JSON?
    /// Nil: the answer has no body.
    var output: FieldTable.Kind?
    var outputType = "application/json"
    var outputExample: JSON?
    var query: [QueryItem] = []
    /// Whether it may say with If-Match which version it began from.
    var isVersioned = false
    /// Whether it must.
    var needsVersion = false
    /// Whether an Idempotency-Key lets the very same call be made again; it is answered with 200.
    var isRepeatable = false
    /// Names of header fields of the answer.
    var headers: [String] = []
    /// Refusals that only this operation has.
    var ownProblems: [Status] = []

    init(_ summary: String, _ answer: String, _ output: FieldTable.Kind?) {
        self.summary = summary
        self.answer = answer
        self.output = output
    }

    init(_ name: OperationName) {
        switch name {
        case .describe: self = Self.describe
        case .showLinks: self = .init("What the token may do", "Links", .object("Links"))
        case .listTenants:
            self = .init("The tenants of the token", "One tenant", .object("TenantList"))
        case .showTenant: self = .init("A tenant", "The tenant", .object("Tenant"))
        case .showBranding, .saveBranding: self = Self.branding(name)
        case .listProfiles, .createProfile, .showProfile, .saveProfile, .deleteProfile,
            .activateProfile, .duplicateProfile:
            self = Self.profile(name)
        case .exportProfile:
            self = .init(
                "A profile as a file without credentials",
                "An object that can be sent to make a profile",
                .object("ProfileFile")
            )
        case .listVersions:
            self = .init("The history of a profile", "The last first", .object("VersionList"))
        case .showVersion:
            self = .init("A profile as it was", "A version", .object("Version"))
        case .startTest, .listTests, .showTest, .streamTest, .cancelTest: self = Self.test(name)
        case .sendMessage, .listMessages, .showMessage, .cancelMessage, .retryMessage,
            .retryMessages:
            self = Self.message(name)
        case .listCertificates, .addCertificate, .showCertificate, .deleteCertificate:
            self = Self.certificate(name)
        case .listSecrets, .createSecret, .showSecret, .saveSecret, .deleteSecret, .testSecret:
            self = Self.secret(name)
        case .listProviders, .createProvider, .showProvider, .saveProvider, .deleteProvider:
            self = Self.provider(name)
        case .testProvider, .listKeys, .addEntry, .saveEntry, .deleteEntry:
            self = Self.ofProvider(name)
        case .listExpirations:
            self = .init(
                "What email depends on, and when it ends",
                "What has failed first, then by the end",
                .object("ExpirationList")
            )
        case .listAudit: self = Self.audit
        }
    }

    private static let describe = OperationDescription(
        "This description",
        "OpenAPI 3.1",
        .anything
    )

    private static func branding(_ name: OperationName) -> OperationDescription {
        let saves = name == .saveBranding
        var words = OperationDescription(
            saves
                ? "Save the From branding of a cloud tenant"
                : "The From branding of a cloud tenant",
            "The branding as it is saved",
            .object("Branding")
        )
        words.headers = ["ETag"]
        words.outputExample = Examples.branding
        if saves {
            words.input = "BrandingInput"
            words.inputExample = Examples.brandingInput
            words.isVersioned = true
            words.needsVersion = true
        }
        return words
    }

    private static func profile(_ name: OperationName) -> OperationDescription {
        if name == .listProfiles {
            return .init("The email profiles", "All of the tenant", .object("ProfileList"))
        }
        if name == .deleteProfile {
            var words = OperationDescription("Delete an email profile", "It is gone", nil)
            words.status = .noContent
            words.isVersioned = true
            words.ownProblems = [.conflict]
            return words
        }
        let summaries: [OperationName: String] = [
            .createProfile: "Make an email profile", .showProfile: "An email profile",
            .saveProfile: "Save an email profile",
            .activateProfile: "Make an email profile the active one",
            .duplicateProfile: "Make an email profile like another, credentials included",
        ]
        var words = OperationDescription(
            summaries[name] ?? "",
            "The profile as it is saved",
            .object("Profile")
        )
        words.headers = ["ETag"]
        words.outputExample = Examples.profile
        words.isVersioned = name == .saveProfile || name == .activateProfile
        words.needsVersion = name == .saveProfile
        if name == .activateProfile { words.ownProblems = [.conflict] }
        if name == .duplicateProfile { words.ownProblems = [.unprocessableContent] }
        if name == .createProfile || name == .saveProfile {
            words.input = "ProfileInput"
            words.inputExample = Examples.profileInput
        }
        if name == .createProfile || name == .duplicateProfile {
            words.status = .created
            words.headers.append("Location")
        }
        return words
    }

    private static func test(_ name: OperationName) -> OperationDescription {
        switch name {
        case .startTest:
            var words = OperationDescription(
                "Begin a test",
                "The test, which now waits for a worker",
                .object("Test")
            )
            words.status = .accepted
            words.input = "TestInput"
            words.inputExample = Examples.testInput
            words.headers = ["Location"]
            words.ownProblems = [.tooManyRequests, .serviceUnavailable]
            return words
        case .listTests:
            var words = OperationDescription(
                "The log of tests",
                "A page, the newest test first",
                .object("TestList")
            )
            words.query = filters
            return words
        case .streamTest:
            var words = OperationDescription(
                "Watch a test",
                "Server-Sent Events: step with a Step, its number as the id; outcome with the test "
                    + "without addresses and steps, at each change of its status",
                .text
            )
            words.outputType = "text/event-stream"
            return words
        case .cancelTest:
            var words = OperationDescription(
                "Cancel a test",
                "The test, which ends within a second",
                .object("Test")
            )
            words.status = .accepted
            return words
        default:
            var words = OperationDescription(
                "A test with its steps",
                "The test so far",
                .object("Test")
            )
            words.outputExample = Examples.test
            return words
        }
    }

    private static let filters: [QueryItem] = [
        QueryItem(
            name: "status",
            kind: .choice(TestStatus.allCases.map(\.rawValue)),
            note: "How far it is, or how it ended"
        ),
        QueryItem(name: "recipient", kind: .text, note: "A part of the recipient's address"),
        QueryItem(name: "person", kind: .text, note: "A part of the name of who asked for it"),
        QueryItem(name: "profile", kind: .text, note: "A part of the profile's name"),
        QueryItem(name: "code", kind: .text, note: "The beginning of the verdict's code"),
        QueryItem(name: "from", kind: .text, note: "At this time or later: 2026-11-21T10:00, UTC"),
        QueryItem(name: "until", kind: .text, note: "Before this time"),
        QueryItem(name: "before", kind: .text, note: "Where a page ended; use next instead"),
    ]

    private static var audit: OperationDescription {
        var words = OperationDescription(
            "The audit trail",
            "A page, the newest entry first",
            .object("AuditList")
        )
        words.query = [
            QueryItem(
                name: "before",
                kind: .number(1...FieldTable.anyNumber.upperBound),
                note: "Where a page ended; use next instead"
            )
        ]
        return words
    }

    /// The refusals to expect, by status.
    func problems(_ access: APIAccess) -> [Status] {
        var found: Set<Status> = Set(ownProblems)
        switch access {
        case .everybody: break
        case .token: found.formUnion([.unauthorized, .tooManyRequests])
        case .tenant(let permission):
            found.formUnion([.unauthorized, .tooManyRequests, .notFound])
            if permission != nil { found.insert(.forbidden) }
        }
        if input != nil {
            found.formUnion([
                .badRequest, .contentTooLarge, .unsupportedMediaType, .unprocessableContent,
            ])
        }
        if !query.isEmpty { found.formUnion([.badRequest, .unprocessableContent]) }
        if isVersioned { found.formUnion([.preconditionFailed]) }
        if needsVersion { found.formUnion([.conflict, .preconditionRequired]) }
        return Self.allProblems.filter(found.contains)
    }

    static let allProblems: [Status] = [
        .badRequest, .unauthorized, .forbidden, .notFound, .conflict, .preconditionFailed,
        .contentTooLarge, .unsupportedMediaType, .unprocessableContent, .preconditionRequired,
        .tooManyRequests, .serviceUnavailable,
    ]
}
