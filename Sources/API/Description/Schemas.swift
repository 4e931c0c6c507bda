import Expirations
import Accounts
import EmailSettings
import SMTP
import TestSends

/// The schemas of the description, by name.
enum Schemas {
    static let all: [JSON.Member] =
        [
            input("BrandingInput", .branding, "The From branding to save or to test"),
            answer("Branding", .branding, "The From branding of a cloud tenant"),
            input("ProfileInput", .profileInput, "An email profile to save, or settings to test"),
            answer("ProfileFile", .profileFile, "A profile for another installation"),
            answer("Profile", .profile, "An email profile"),
            JSON.Member("Credential", credential),
            input("CertificateInput", .certificate, "A certificate to add"),
            answer("Certificate", .certificate, "A certificate; a private key is never in it"),
            answer("CertificateUse", .secretUse, "A profile or provider that uses a certificate"),
            answer("CertificateProblem", .certificateProblem, "What is wrong with a certificate"),
            input("SecretInput", .secret, "A named secret to keep"),
            input("SecretTestInput", .secretTest, "What is to be found out about a secret"),
            answer("Secret", .secret, "A named secret; its value is not in it"),
            answer("SecretSummary", .secretSummary, "A named secret in the list"),
            answer("SecretUse", .secretUse, "A profile or provider that uses a secret"),
            answer("SecretVersion", .secretVersion, "When a value was set"),
            input("TestInput", .testInput, "What is to be tested"),
            input("MessageInput", .messageInput, "A message to hand over"),
            input("ProviderInput", .providerInput, "A secret provider to save"),
            answer("Provider", .provider, "A secret provider"),
            input("EntryInput", .entryInput, "A reference with a name"),
            input("ReferenceInput", .referenceInput, "What is to be read"),
            JSON.Member("Problem", problem),
        ] + answers.map { answer($0.name, FieldTable($0.fields), $0.note) }

    private static func input(_ name: String, _ table: FieldTable, _ note: String) -> JSON.Member {
        JSON.Member(name, table.schema(note, isAnswer: false))
    }

    private static func answer(_ name: String, _ table: FieldTable, _ note: String) -> JSON.Member {
        JSON.Member(name, table.schema(note, isAnswer: true))
    }

    private static let credential: JSON = [
        "description": .string(
            "Never readable: answers say only where it comes from, since when and by whom"
        ),
        "anyOf": [
            [
                "type": "object", "required": ["value"], "additionalProperties": false,
                "properties": ["value": ["type": "string", "writeOnly": true]],
            ],
            [
                "description": "A secret of the installation",
                "type": "object", "required": ["secret"], "additionalProperties": false,
                "properties": ["secret": FieldTable.Kind.id.schema],
            ],
            [
                "description": "What a provider has; the reference's members are its kind's",
                "type": "object", "required": ["provider", "reference"],
                "additionalProperties": false,
                "properties": [
                    "provider": FieldTable.Kind.id.schema, "reference": ["type": "object"],
                ],
            ],
            [
                "type": "object", "required": ["state"], "additionalProperties": false,
                "properties": [
                    "state": [
                        "type": "string", "enum": ["stored", "secret", "provider", "none"],
                    ],
                    "secret": FieldTable.Kind.id.schema,
                    "provider": FieldTable.Kind.id.schema,
                    "reference": ["type": "object"],
                    "setAt": FieldTable.Kind.time.schema,
                    "setBy": ["type": "string"],
                ],
            ],
        ],
    ]

    private static let problem: JSON = [
        "description": "application/problem+json (RFC 9457)",
        "type": "object",
        "required": ["type", "title", "status", "code", "detail", "reference"],
        "additionalProperties": false,
        "properties": [
            "type": ["type": "string"],
            "title": ["type": "string"],
            "status": ["type": "integer"],
            "code": ["type": "string", "description": "Stable, for programs"],
            "detail": ["type": "string", "description": "What happened and what to do"],
            "reference": ["type": "string", "description": "Names the request in the log"],
            "fields": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "code", "message"],
                    "additionalProperties": false,
                    "properties": [
                        "field": ["type": "string"], "code": ["type": "string"],
                        "message": ["type": "string"],
                    ],
                ],
            ],
            "permission": ["type": "string", "description": "The one that is missing"],
            "current": ["type": "object", "description": "What is saved now"],
            "yours": ["type": "object", "description": "What was sent, without credentials"],
            "retryAfterSeconds": ["type": "integer"],
        ],
    ]

    private typealias Field = FieldTable.Field

    private struct Answer {
        let name: String
        let note: String
        let fields: [Field]

        init(_ name: String, _ note: String, _ fields: [Field]) {
            self.name = name
            self.note = note
            self.fields = fields
        }
    }

    private static func list(_ name: String, of items: String, hasMore: Bool) -> Answer {
        let plural = [
            "TestList": "tests", "ProfileList": "profiles", "AuditList": "events",
            "MessageList": "messages", "VersionList": "versions", "SecretList": "secrets",
            "ProviderList": "providers",
            "CertificateList": "certificates",
            "ExpirationList": "expirations",
        ]
        let next = Field("next", .nullable(.text), "The address of the next page; null: the last")
        return Answer(
            name,
            "A list",
            [Field(plural[name] ?? "tenants", .list(.object(items)), "In their order")]
                + (hasMore ? [next] : [])
        )
    }

    private static let permissions = FieldTable.Kind.list(
        .choice(Permission.allCases.map(\.rawValue))
    )

    private static let answers: [Answer] =
        [
            list("TenantList", of: "Tenant", hasMore: false),
            list("ProfileList", of: "ProfileSummary", hasMore: false),
            list("VersionList", of: "VersionSummary", hasMore: false),
            list("CertificateList", of: "Certificate", hasMore: false),
            list("SecretList", of: "SecretSummary", hasMore: false),
            list("ProviderList", of: "ProviderSummary", hasMore: false),
            list("TestList", of: "TestSummary", hasMore: true),
            list("MessageList", of: "MessageSummary", hasMore: true),
            list("ExpirationList", of: "Expiration", hasMore: false),
            list("AuditList", of: "AuditEvent", hasMore: true),
        ] + accounts + email + tests
        + (ProviderSchemas.answers + MessageSchemas.answers).map {
            Answer($0.name, $0.note, $0.fields)
        }

    private static let accounts = [
        Answer(
            "Links",
            "Where everything is",
            [
                Field("openapi", .text, "This description"),
                Field("tenants", .text, "The tenants of the token"),
                Field("token", .object("Token"), "The token that was sent"),
            ]
        ),
        Answer(
            "Token",
            "A token without its text",
            [
                Field("name", .text, "What it is for"),
                Field("person", .text, "Who made it"),
                Field("expiresAt", .time, "When it ends"),
                Field("permissions", permissions, "Those that its maker still has"),
            ]
        ),
        Answer(
            "Tenant",
            "A tenant, and what the token may do there",
            [
                Field("slug", .text, "Its name in addresses"),
                Field("name", .text, "Its name for people"),
                Field("edition", .choice(["cloud", "onPremises"]), "What it may configure"),
                Field("permissions", permissions, "What the token may do"),
                Field("links", .anything, "Addresses"),
            ]
        ),
        Answer(
            "AuditEvent",
            "Who did what",
            [
                Field("number", .number(1...FieldTable.anyNumber.upperBound), "In the chain"),
                Field("at", .time, "When"),
                Field("actor", .text, "Who; a token is named with the person"),
                Field("address", .text, "From where"),
                Field("action", .text, "Dotted"),
                Field("subject", .text, "What it was done to"),
                Field("outcome", .choice(["done", "denied"]), "Whether it was"),
                Field("changes", .list(.anything), "Fields with their old and new values"),
            ]
        ),
    ]

    private static let email = [
        Answer(
            "Expiration",
            "Something that email depends on",
            [
                Field("kind", .choice(Expiration.Kind.allCases.map(\.rawValue)), "What it is"),
                Field("id", .id, "Of the secret, certificate, profile or provider"),
                Field("name", .text, "Its name for people"),
                Field("endsOn", .nullable(.text), "The last day in UTC; null: nobody says"),
                Field(
                    "days",
                    .nullable(.number(-4_000_000...4_000_000)),
                    "Days that are left, negative after the end"
                ),
                Field("level", .choice(ExpiryLevel.allCases.map(\.rawValue)), "How near it is"),
                Field("failure", .nullable(.text), "What has failed, and what to do"),
                Field("usedBy", .list(.text), "Profiles and providers, each with the field"),
            ]
        ),
        Answer(
            "ProfileSummary",
            "An email profile in the list",
            [
                Field("id", .id, "Names it in addresses"),
                Field("name", .text, "Its name for people"),
                Field("description", .text, "What it is for"),
                Field("fromAddress", .text, "From email address"),
                Field("destination", .text, "Where mail goes; empty: email is disabled"),
                Field("isActive", .flag, "Whether the tenant's mail goes this way"),
                Field("lastTest", .nullable(.object("Proof")), "How it was proven, last"),
                Field("updatedAt", .time, "When it was saved last"),
                Field("links", .anything, "Addresses"),
            ]
        ),
        Answer("VersionSummary", "A profile as it was saved once", version),
        Answer(
            "Version",
            "The same with its values",
            version + [
                Field("settings", .object("VersionSettings"), "For a PUT, to put them back")
            ]
        ),
        Answer(
            "VersionSettings",
            "The fields of a profile without credentials",
            FieldTable.profileFile.fields.filter {
                $0.name != "credentialFingerprints"
            }
        ),
        Answer(
            "Header",
            "A header field of one's own",
            [Field("name", .text, "Its name"), Field("value", .text, "What it says")]
        ),
        Answer(
            "Proof",
            "How a profile was proven, last",
            [
                Field("status", status, "How the test ended"),
                Field("isSame", .flag, "Whether it used exactly the saved values"),
            ]
        ),
    ]

    private static let version = [
        Field("version", .number(1...2_147_483_647), "Counts the saves"),
        Field("savedAt", .time, "When it was saved"),
        Field("savedBy", .text, "Who saved it"),
        Field(
            "credentials",
            .list(.choice(CredentialField.allCases.map(\.rawValue))),
            "Those that were set then"
        ),
    ]

    private static let status = FieldTable.Kind.choice(TestStatus.allCases.map(\.rawValue))
    private static let milliseconds = FieldTable.Kind.number(FieldTable.anyNumber)

    private static let common = [
        Field("id", .id, "Names it in addresses"),
        Field("kind", .choice(TestKind.allCases.map(\.rawValue)), "Whether a message is sent"),
        Field("status", status, "How far it is, or how it ended"),
        Field("profileName", .text, "What was tested"),
        Field("person", .text, "Who asked for it"),
        Field("recipient", .nullable(.text), "Who gets the message"),
        Field("queuedAt", .time, "When it was asked for"),
        Field("durationMilliseconds", .nullable(milliseconds), "Null until it has ended"),
        Field("links", .anything, "Addresses"),
    ]

    private static let tests = [
        Answer(
            "TestSummary",
            "A test in the log",
            common + [Field("code", .nullable(.text), "Of the verdict; docs/verdicts.md has all")]
        ),
        Answer("Test", "A test with the steps it has so far", common + details),
        Answer(
            "Verdict",
            "The end in plain words",
            [
                Field("code", .choice(VerdictCode.allCases.map(\.rawValue)), "Stable"),
                Field("step", .nullable(step), "Where it failed"),
                Field("field", .nullable(.text), "The setting to change"),
                Field("cause", .text, "What happened"),
                Field("advice", .text, "What to do"),
                Field(
                    "whoCanFix",
                    .nullable(.choice(WhoCanFix.allCases.map(\.rawValue))),
                    "Who can remove the cause"
                ),
                Field("temporary", .flag, "Whether the same may succeed later"),
                Field("reply", .nullable(.anything), "The server's own words"),
            ]
        ),
        Answer(
            "Step",
            "A step of a test",
            [Field("number", .number(1...2_147_483_647), "Rises; the id of its event")]
                + stepFields
        ),
    ]

    /// Of a step, without its number.
    static let stepFields: [FieldTable.Field] = [
        Field("name", step, "Which step"),
        Field("address", .nullable(.text), "With which address"),
        Field("status", .choice(StepStatus.allCases.map(\.rawValue)), "How it went"),
        Field("offsetMilliseconds", milliseconds, "Since the start"),
        Field("durationMilliseconds", milliseconds, "How long it took"),
        Field("facts", .anything, "What it found out"),
        Field("lines", .list(.anything), "The conversation, without secrets"),
    ]

    private static let step = FieldTable.Kind.choice(StepName.allCases.map(\.rawValue))

    private static let details = [
        Field(
            "outcome",
            .nullable(.choice(TraceOutcome.allCases.map(\.rawValue))),
            "Null until it has ended"
        ),
        Field("profile", .nullable(.id), "The profile; null: not saved, or a branding"),
        Field("destination", .text, "Where it goes"),
        Field("startedAt", .nullable(.time), "When a worker began it"),
        Field("finishedAt", .nullable(.time), "When it ended"),
        Field("attempts", milliseconds, "Workers that began it"),
        Field("isCancelRequested", .flag, "Whether somebody cancelled it"),
        Field("messageID", .nullable(.text), "Of the message, in the server's log"),
        Field("queueID", .nullable(.text), "The server's name for the accepted message"),
        Field("verdict", .nullable(.object("Verdict")), "Null until it has ended"),
        Field("reproduction", .list(.text), "Commands that show the same from a shell"),
        Field("addresses", .list(.anything), "How each address of the host fared"),
        Field("steps", .list(.object("Step")), "In their order"),
    ]
}
