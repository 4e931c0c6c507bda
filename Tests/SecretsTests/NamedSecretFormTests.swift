import Observability
import SecretProviders
import Secrets
import Testing

@Suite struct NamedSecretFormTests {
    /// `field reason` of all that is wrong; empty when nothing is.
    private func problems(_ kind: NamedSecretKind, _ form: NamedSecretForm) -> [String] {
        do {
            _ = try form.parse(kind)
            return []
        } catch {
            return error.problems.map { "\($0.field) \($0.reason)" }
        }
    }

    private func token(_ change: (inout NamedSecretForm) -> Void) -> [String] {
        var form = NamedSecretScene.token()
        change(&form)
        return problems(.token, form)
    }

    private func application(_ change: (inout NamedSecretForm) -> Void) -> [String] {
        var form = NamedSecretScene.application()
        change(&form)
        return problems(.microsoftApplication, form)
    }

    @Test func `an empty form gives all its errors at once`() {
        var form = NamedSecretForm()
        form.value = Redacted([])
        #expect(
            problems(.microsoftApplication, form) == [
                "name required", "cloud required", "tenantID required", "clientID required",
                "value required",
            ]
        )
        #expect(
            problems(.apiCredentials, form) == [
                "name required", "username required", "hosts required", "value required",
            ]
        )
    }

    @Test func `names of servers are brought to one form, and nothing else is taken`() throws {
        #expect(token { $0.hosts = ["https://vault.example.com"] } == ["hosts invalid"])
        #expect(token { $0.hosts = ["vault.example.com:8200"] } == ["hosts invalid"])
        #expect(token { $0.hosts = ["a b"] } == ["hosts invalid"])
        #expect(token { $0.hosts = (0...10).map { "v\($0).example.com" } } == ["hosts tooMany"])
        #expect(
            token {
                $0.hosts = ["A.example.com", "a.Example.com.", "192.0.2.1", "[2001:DB8::1]", ""]
            }
                == []
        )
        #expect(token { $0.hosts = ["2001:db8::1", "bücher.example"] } == [])
    }

    @Test func `a Microsoft application is checked part by part`() {
        #expect(application { $0.details[.cloud] = "moon" } == ["cloud invalid"])
        #expect(application { $0.details[.tenantID] = "contoso" } == ["tenantID invalid"])
        #expect(application { $0.details[.tenantID] = "Contoso.onmicrosoft.com" } == [])
        #expect(application { $0.details[.tenantID] = "192.0.2.1" } == ["tenantID invalid"])
        #expect(application { $0.details[.clientID] = "contoso.com" } == ["clientID invalid"])
        #expect(application { $0.hosts = ["attacker.example"] } == ["hosts notOfKind"])
        #expect(application { $0.hosts = ["login.microsoftonline.com"] } == [])
        #expect(application { $0.expiresOn = "31.05.2027" } == ["expiresOn invalid"])
        #expect(application { $0.expiresOn = "2027-02-29" } == ["expiresOn invalid"])
        #expect(application { $0.expiresOn = "" } == [])
    }

    @Test func `a value has the characters of its kind`() {
        func value(_ kind: NamedSecretKind, _ text: String) -> Bool {
            var form =
                kind == .microsoftApplication
                ? NamedSecretScene.application() : NamedSecretScene.token()
            form.details[.username] = "host/sendproof"
            form.value = NamedSecretScene.word(text)
            return problems(kind, form).isEmpty
        }
        #expect(value(.password, "pässword with spaces "))
        #expect(!value(.password, "line\nbreak"))
        #expect(!value(.apiCredentials, "del\u{7F}"))
        #expect(value(.clientSecret, "a b"))
        #expect(!value(.clientSecret, "a b "))
        #expect(!value(.microsoftApplication, " abc"))
        #expect(!value(.microsoftApplication, "ä"))
        #expect(value(.token, "hvs.~"))
        #expect(!value(.token, "a b"))
        #expect(!value(.token, "a\r\nX-Vault-Token: b"))
        #expect(value(.password, String(repeating: "a", count: 65_536)))
        #expect(!value(.password, String(repeating: "a", count: 65_537)))
    }

    @Test func `names and descriptions are one line of their length`() {
        #expect(token { $0.name = "  " } == ["name required"])
        #expect(token { $0.name = String(repeating: "ä", count: 64) } == [])
        #expect(token { $0.name = String(repeating: "ä", count: 65) } == ["name invalid"])
        #expect(token { $0.name = "a\u{1}b" } == ["name invalid"])
        #expect(
            token { $0.description = String(repeating: "a", count: 501) } == ["description invalid"]
        )
        #expect(token { $0.description = "a\nb" } == ["description invalid"])
        var form = NamedSecretScene.token()
        form.expiresOn = "2027-01-31"
        #expect(problems(.password, form) == ["expiresOn notOfKind"])
        #expect(problems(.token, form) == [])
    }
}
