import SMTP
import SecretProviders

/// The schemas of what answers say of secret providers.
enum ProviderSchemas {
    private typealias Field = FieldTable.Field

    static let answers: [(name: String, note: String, fields: [FieldTable.Field])] = [
        (
            "ProviderSummary", "A secret provider in the list",
            [
                Field("id", .id, "Names it in addresses"),
                Field("name", .text, "Its name for people"),
                Field("kind", kind, "What it is"),
                Field("url", .text, "Where it is"),
                Field("lastCheck", .nullable(.object("ProviderStanding")), "How it fared last"),
                Field("uses", .list(.object("ProviderUse")), "Where it is used"),
                Field("links", .anything, "Addresses"),
            ]
        ),
        (
            "ProviderStanding", "How a provider fared",
            [
                Field("at", .time, "When it was asked"),
                Field("failure", .nullable(.text), "A verdict's code; null: it answered"),
            ]
        ),
        (
            "ProviderUse", "A profile whose credential comes from a provider",
            [
                Field("profile", .id, "The profile"),
                Field("name", .text, "Its name"),
                Field("field", .text, "The credential"),
            ]
        ),
        (
            "ProviderEntry", "A reference with a name",
            [
                Field("id", .id, "Names it in addresses"),
                Field("name", .text, "Its name for people"),
                Field("reference", .anything, "The fields of the provider's kind"),
            ]
        ),
        (
            "ProviderCheck", "A provider, or a named secret, tested",
            [
                Field("reaches", answer, "Whether it can be reached, or is in the store"),
                Field("authenticates", answer, "Whether the sign-in works, or the keys open"),
                Field("reads", answer, "Whether the secret that was named can be read"),
                Field("tokenExpiresAt", .nullable(.time), "When the token that it was given ends"),
                Field("facts", .anything, "What it says of itself, of token and secret"),
                Field("lines", .list(.anything), "What was asked and answered, without secrets"),
            ]
        ),
        (
            "ProviderAnswer", "One of the answers",
            [
                Field("outcome", .choice(["ok", "failed", "notTried"]), "How it went"),
                Field("verdict", .nullable(.object("Verdict")), "Why it failed"),
            ]
        ),
        (
            "KeyList", "The keys of a secret",
            [
                Field("keys", .list(.text), "Their names; empty after a failure"),
                Field("verdict", .nullable(.object("Verdict")), "Why they cannot be listed"),
            ]
        ),
    ]

    private static let kind = FieldTable.Kind.choice(ProviderKind.allCases.map(\.rawValue))
    private static let answer = FieldTable.Kind.object("ProviderAnswer")
}
