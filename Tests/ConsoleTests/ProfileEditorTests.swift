import EmailSettings
import Foundation
import Postgres
import TestSupport
import Testing

/// What the profile's pages do besides saving: drafts, presets, copies, files, history.
@Suite struct ProfileEditorTests {
    private static let new = "/t/borealis/email/profiles/new"

    /// What an edit sends that keeps the credentials.
    private static func edit(_ changes: [String: String]) -> [String: String] {
        Furniture.profile.merging(ConflictTests.keep) { $1 }.merging(changes) { $1 }
    }

    @Test func `every field of a profile is on its form and in the search`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let form = try await otto.get(Self.new)
            let fields = ProfileField.allCases.map { ($0.rawValue, $0.words) }
            let credentials = CredentialField.allCases.filter(\.isTyped)
                .map { ("\($0.rawValue)Value", $0.words) }
            #expect(form.body.contains(">Get OAuth authorization</button>"))
            for (name, words) in fields + credentials where name != "encryptCertificate" {
                #expect(form.body.contains(#" name="\#(name)""#), "\(name)")
                #expect(form.body.contains(Self.escaped(words.effect)), "\(name)")
                let query = words.label.replacing(" ", with: "+").replacing("'", with: "%27")
                let found = try await otto.get("/t/borealis/search?q=\(query)")
                #expect(found.body.contains(Self.escaped(words.label)), "\(name)")
            }
            for tab in ProfileTab.allCases {
                #expect(form.body.contains(##"<a href="#\##(tab.anchor)""##), "\(tab)")
            }
        }
    }

    /// What five other products call their fields, and what they are called here.
    private static let foreignWords = [
        ("Sender Account", "From email address"), ("Sender Name", "From email name"),
        ("Organization", "Organization"), ("Sender Email", "From email address"),
        ("Reply-to Email", "Reply-To"), ("Read Receipts Email", "Read receipt to"),
        ("Return Receipt To Email", "Delivery receipt to"), ("Non_Urgent", "Priority"),
        ("Company_Confidential", "Sensitivity"), ("Importance", "Importance"),
        ("Advanced Message Settings", "Custom headers"), ("Mailto Cc", "Cc"),
        ("Mailto Bcc", "Bcc"), ("Preferred Notifications", "Cc"), ("Email Server", "Host"),
        ("SMTP Type", "Host"), ("FQDN", "Host"), ("MX record", "Look up mail exchangers"),
        ("SMTP Port", "Port"), ("Server Timeout", "Timeout in seconds"),
        ("Use SSL", "Encryption"), ("SSL/TLS Channel Encryption", "Encryption"),
        ("Transport Layer Security", "Encryption"), ("EXPLICIT", "Encryption"),
        ("Verify SSL Certificate", "Verify the server's certificate"),
        ("Use Client Certificate", "Client certificate"),
        ("User Certificate File", "Client certificate"),
        ("Anonymous", "Authentication method"), ("Explicit Credentials", "Authentication method"),
        ("USER_PASSWORD", "Authentication method"), ("CRAMMD5", "Authentication method"),
        ("SASLPLAIN", "Authentication method"), ("XOAUTH2", "Authentication method"),
        ("Set Username", "Username"), ("Set Password", "Password"), ("Add Password", "Password"),
        ("ClientId", "Client ID"), ("ClientSecret", "Client secret"),
        ("ServerAuthURL", "Authorization URL"), ("ServerTokenURL", "Token URL"),
        ("AuthorizationScope", "Scope"), ("AuthenticationValue", "Authentication value"),
        ("Firewall Type", "Firewall type"), ("SOCKS5", "Firewall type"),
        ("Auto Detect Firewall", "Use the system's proxy settings"),
        ("Sign Email", "Sign emails"), ("Signing File", "Signing certificate"),
        ("Attach Certificate to Email", "Attach the certificate"),
        ("Encryption File", "Encrypt emails"), ("Enable Event Log Logging", "System log"),
        ("Enable SMTP File Logging", "Log file"), ("Log File Name", "Log file name"),
    ]

    @Test func `the words of other products find each setting`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for (words, label) in Self.foreignWords {
                let query = words.replacing(" ", with: "+").replacing("/", with: "%2F")
                let found = try await otto.get("/t/borealis/search?q=\(query)").body
                let title = Self.escaped(label)
                #expect(found.contains(">\(title)<"), "\(words)")
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("'", with: "&#39;")
            .replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
                "\"",
                with: "&quot;"
            )
    }

    @Test func `a provider fills in host, port, encryption and authentication`() async throws {
        #expect(ProviderPreset.all.count >= 8)
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            for preset in ProviderPreset.all {
                var fields = Furniture.profile
                fields["action"] = "preset"
                fields["preset"] = preset.id
                let page = try await otto.post(Self.new, fields)
                var form = ProfileForm()
                preset.fill(&form)
                #expect(page.status == 200, "\(preset.id)")
                #expect(page.body.contains(#"name="host" type="text" value="\#(form[.host])""#))
                #expect(page.body.contains(#"value="\#(form[.tls])" checked"#), "\(preset.id)")
                #expect(page.body.contains(#"value="\#(form[.authentication])" selected"#))
                #expect(page.body.contains(#"inputmode="numeric" value="\#(form[.port])""#))
                for field in [ProfileField.authorizationURL, .tokenURL, .scope] {
                    let input = #"name="\#(field.rawValue)" type="text" value="\#(form[field])""#
                    #expect(page.body.contains(input), "\(preset.id) \(field)")
                }
                for sentence in preset.wants {
                    #expect(page.body.contains(Self.escaped(sentence)), "\(preset.id)")
                }
                #expect(page.body.contains(#"value="No Reply""#), "the rest stays")
            }
        }
    }

    @Test func `the header preview shows what a message with these values has`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            var fields = Furniture.profile
            fields.merge([
                "action": "preview", "organization": "Größe", "priority": "nonUrgent",
                "headers": "X-Team: Ops", "bcc": "hidden@borealis.example",
            ]) { $1 }
            let page = try await otto.post(Self.new, fields)
            #expect(page.body.contains("From: No Reply &lt;no-reply@borealis.example&gt;"))
            #expect(page.body.contains("Organization: =?UTF-8?"))
            #expect(page.body.contains("Priority: non-urgent"))
            #expect(page.body.contains("X-Team: Ops"))
            #expect(!page.body.contains("Bcc: hidden"))
            fields["headers"] = "Subject: no"
            let wrong = try await otto.post(Self.new, fields)
            #expect(wrong.body.contains("Correct these first: Custom headers."))
        }
    }

    @Test func `sample data asks before it overwrites`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            var fields = Furniture.profile
            fields["action"] = "sampleData"
            let filled = try await otto.post(Self.new, fields)
            #expect(filled.body.contains("https://login.microsoftonline.com/"))
            fields["clientID"] = "my own"
            let asked = try await otto.post(Self.new, fields)
            #expect(asked.body.contains(#"value="my own""#))
            #expect(asked.body.contains("overwriteWithSample"))
            fields["action"] = "overwriteWithSample"
            let overwritten = try await otto.post(Self.new, fields)
            #expect(!overwritten.body.contains(#"value="my own""#))
        }
    }

    @Test func `what was typed survives until it is saved or discarded`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            let typed = Self.edit(["version": "1", "fromName": "Half typed"])
            let kept = try await otto.post(
                page + "/edit",
                typed.merging(["action": "keep"]) { $1 }
            )
            #expect(kept.status == 204)
            #expect(try await otto.get(page).body.contains("Continue editing"))
            #expect(try await otto.get(page + "/edit").body.contains(#"value="Half typed""#))
            let emma = try await scene.visitor(.emma)
            #expect(try await !emma.get(page + "/edit").body.contains("Half typed"))
            #expect(try await !emma.get(page).body.contains("Continue editing"))
            let discarded = try await otto.post(page + "/edit", ["action": "discard"])
            #expect(discarded.header("location")?.hasPrefix(page + "?") == true)
            #expect(try await !otto.get(page).body.contains("Continue editing"))
            #expect(try await !otto.get(page + "/edit").body.contains("Half typed"))
            let refused = try await otto.post(
                page + "/edit",
                typed.merging(["port": "0"]) { $1 }
            )
            #expect(refused.status == 422)
            #expect(try await otto.get(page + "/edit").body.contains(#"value="Half typed""#))
            #expect(try await otto.post(page + "/edit", typed).status == 303)
            #expect(try await !otto.get(page).body.contains("Continue editing"))
        }
    }

    @Test func `a typed credential stays in the draft while other fields are typed`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            var fields = Furniture.profile
            fields["action"] = "preview"
            #expect(try await otto.post(Self.new, fields).status == 200)
            fields.merge(ConflictTests.keep) { $1 }
            fields.merge(["action": "keep", "fromName": "Typed after it"]) { $1 }
            #expect(try await otto.post(Self.new, fields).status == 204)
            let page = try await otto.get(Self.new).body
            #expect(page.contains(#"value="Typed after it""#))
            #expect(page.contains("by you, for a test, not saved yet"))
            fields["action"] = "save"
            let saved = try await otto.post(Self.new, fields)
            #expect(saved.status == 303, "\(saved.body)")
        }
    }

    @Test func `a draft of an older version shows what was saved meanwhile`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let emma = try await scene.visitor(.emma)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = "/t/borealis/email/profiles/\(id)/edit"
            let mine = Self.edit(["version": "1", "fromName": "Otto's", "action": "keep"])
            #expect(try await otto.post(path, mine).status == 204)
            let theirs = Self.edit(["version": "1", "fromName": "Emma's"])
            #expect(try await emma.post(path, theirs).status == 303)
            let page = try await otto.get(path)
            #expect(page.body.contains("Emma saved first"))
            #expect(page.body.contains(#"value="Otto&#39;s""#))
            #expect(page.body.contains("Emma&#39;s"))
        }
    }

    @Test func `a copy has the same values and credentials under another name`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            for name in ["Main (copy)", "Main (copy 2)"] {
                let made = try await otto.post(page + "/duplicate")
                #expect(made.status == 303)
                let copy = try #require(made.header("location")?.components(separatedBy: "?")[0])
                let shown = try await otto.get(copy)
                #expect(shown.body.contains(">\(name)"))
                #expect(shown.body.contains("127.0.0.1"))
                // The password goes where it went before.
                let test = try await otto.post(copy, ["action": "testConnection"])
                #expect(test.status == 303)
            }
        }
    }

    @Test func `an exported file makes the same profile again, without its credentials`()
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(
                otto,
                "borealis",
                ["cc": "a@b.example\nc@d.example", "headers": "X-A: b", "resolveMX": ""]
            )
            let page = "/t/borealis/email/profiles/\(id)"
            let file = try await otto.get(page + "/export")
            #expect(file.header("content-type") == "application/json")
            #expect(!file.body.contains("s3cret-Relay-Password"))
            #expect(!file.body.contains("relay-user"))
            let imported = try await otto.post(
                "/t/borealis/email/profiles/import",
                ["settings": file.body]
            )
            #expect(imported.status == 303)
            let uploaded = try await otto.upload(
                "/t/borealis/email/profiles/import",
                ["settings": ""],
                ["file": Array(file.body.utf8)]
            )
            #expect(uploaded.status == 303, "\(uploaded.body)")
            let both = try await otto.upload(
                "/t/borealis/email/profiles/import",
                ["settings": file.body],
                ["file": Array(file.body.utf8)]
            )
            #expect(both.status == 422)
            let form = try await otto.get(Self.new)
            #expect(form.body.contains("Its password is the same as that of the profile Main."))
            #expect(form.body.contains("Its username is the same as that of the profile Main."))
            #expect(form.body.contains("a@b.example\nc@d.example"))
            var fields = Furniture.profile
            fields.merge([
                "name": "Again", "cc": "a@b.example\nc@d.example", "headers": "X-A: b",
            ]) { $1 }
            #expect(try await otto.post(Self.new, fields).status == 303)
            let rows = try scene.profileSettings()
            #expect(rows.count == 2)
            #expect(rows[0].replacing("Main", with: "") == rows[1].replacing("Again", with: ""))
        }
    }

    @Test(arguments: [
        ("not JSON", "This is not JSON"), ("[]", "not a file of a profile"),
        (#"{"hots":1}"#, "Remove hots"), (#"{"port":"25"}"#, "Write port as a number"),
    ])
    func `a file that cannot be read says why and stays`(_ text: String, _ reason: String)
        async throws
    {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let answer = try await otto.post(
                "/t/borealis/email/profiles/import",
                ["settings": text]
            )
            #expect(answer.status == 422)
            #expect(answer.body.contains(reason))
            #expect(answer.body.contains(Self.escaped(text)))
        }
    }

    @Test func `the history shows each save and puts an old one back`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            let changed = Self.edit(["version": "1", "fromName": "Second", "timeoutSeconds": "9"])
            #expect(try await otto.post(page + "/edit", changed).status == 303)
            let saved = try await otto.get(page + "?notice=profileSaved")
            #expect(saved.body.contains("Saved. Changed: From email name, Timeout in seconds."))
            let list = try await otto.get(page + "/versions")
            #expect(list.body.contains("From email name, Timeout in seconds"))
            let first = try await otto.get(page + "/versions/1")
            #expect(first.body.contains("No Reply"))
            #expect(first.body.contains("Second"))
            #expect(!first.body.contains("s3cret"))
            let stale = try await otto.post(page + "/versions/1", ["version": "1"])
            #expect(stale.status == 409)
            let restored = try await otto.post(page + "/versions/1", ["version": "2"])
            #expect(restored.header("location")?.contains("notice=restored") == true)
            #expect(try await otto.get(page).body.contains("No Reply"))
            #expect(try await otto.get(page + "/versions/3").status == 200)
            #expect(try await otto.get(page + "/versions/4").status == 404)
        }
    }

    @Test func `an old version for another destination opens in the form`() async throws {
        try await withConsole { scene in
            let otto = try await scene.visitor(.otto)
            let id = try await Furniture.makeProfile(otto, "borealis")
            let page = "/t/borealis/email/profiles/\(id)"
            var moved = Furniture.profile
            moved.merge(["version": "1", "port": "2525"]) { $1 }
            #expect(try await otto.post(page + "/edit", moved).status == 303)
            let answer = try await otto.post(page + "/versions/1", ["version": "2"])
            #expect(answer.header("location")?.hasPrefix(page + "/edit") == true)
            let form = try await otto.get(page + "/edit?notice=reenter")
            #expect(form.body.contains(#"inputmode="numeric" value="9""#))
            #expect(form.body.contains("enter the credentials again"))
        }
    }
}

extension ConsoleScene {
    /// The stored settings of all profiles in the order they were made, as text.
    fileprivate func profileSettings() throws -> [String] {
        try BlockingConnection(home.administrator).query(
            "SELECT settings::text FROM email_profiles ORDER BY created_at"
        ).map { $0[0] ?? "" }
    }
}
