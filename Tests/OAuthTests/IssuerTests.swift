import Outbound
import Testing

@testable import OAuth

@Suite struct IssuerTests {
    @Test(arguments: [
        ("https://login.example/authorize", "https://login.example", true),
        ("https://login.example/authorize", "https://login.example/realms/a", true),
        ("https://login.example/authorize", "https://LOGIN.example:443/", true),
        ("https://login.example:8443/authorize", "https://login.example:8443", true),
        (
            "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", true
        ),
        ("https://accounts.google.com/o/oauth2/v2/auth", "https://accounts.google.com", true),
        ("http://127.0.0.1:9000/authorize", "http://127.0.0.1:9000", true),
        // Another server's, and what only looks like this one's.
        ("https://login.example/authorize", "https://evil.example", false),
        ("https://login.example/authorize", "https://login.example.evil.example", false),
        ("https://login.example/authorize", "https://login.example@evil.example", false),
        ("https://login.example/authorize", "https://login.example:8443", false),
        ("https://login.example/authorize", "http://login.example", false),
        ("https://login.example/authorize", "https://login.example?a=b", false),
        ("https://login.example/authorize", "https://login.example#a", false),
        ("https://login.example/authorize", "login.example", false),
        ("https://accounts.google.com/o/oauth2/v2/auth", "https://accounts.google.com/", false),
        ("http://127.0.0.1:9000/authorize", "https://127.0.0.1:9000", false),
    ])
    func `an answer is believed when its issuer is where the person was sent`(
        url: String,
        issuer: String,
        isGood: Bool
    ) throws {
        let asked = try #require(HTTPSURL(url))
        #expect(Issuer.isPlausible(issuer, of: asked) == isGood)
    }
}
