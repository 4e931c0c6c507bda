import API
import Accounts
import Foundation
import Observability
import Postgres
import SMTP
import TestSupport
import Testing

/// The pages and the API are two faces of one thing.
@Suite struct SamenessTests {
    /// A form as a browser sends it, with a session arranged past the sign-in.
    private func post(
        _ path: String,
        _ fields: [String: String],
        as somebody: Somebody,
        _ scene: APIScene
    ) async throws -> Reply {
        let session = try scene.session(somebody)
        let all = fields.merging(["csrf": session.formToken]) { $1 }
        let allowed = CharacterSet.alphanumerics
        let body = all.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        return try await scene.program().send(
            "POST",
            path,
            [
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Cookie", "sendproof=\(session.cookie)"),
            ],
            body: Array(body.utf8)
        )
    }

    @Test func `a wrong profile has the same wrong fields on the page and in the API`()
        async throws
    {
        let page = [
            "name": "", "fromAddress": "not an address", "fromName": "", "host": "a b",
            "port": "0", "timeoutSeconds": "999", "tls": "startTLS", "heloName": "localhost",
            "authentication": "none", "usernameAction": "keep", "passwordAction": "keep",
            "version": "0", "action": "save",
        ]
        let json: JSON = [
            "name": "", "fromAddress": "not an address", "fromName": "", "host": "a b", "port": 0,
            "timeoutSeconds": 999, "tls": "startTLS", "heloName": "localhost",
            "authentication": "none",
        ]
        try await withAPI { scene in
            let form = try await post("/t/borealis/email/profiles/new", page, as: .otto, scene)
            #expect(form.status == 422)
            let otto = try await scene.program(.otto)
            let reply = try await otto.post("/api/v1/t/borealis/email/profiles", json)
            let fields = try #require(reply.json["fields"]?.elements)
            #expect(fields.count == 6)
            for field in fields {
                let name = try #require(field["field"]?.text)
                let message = try #require(field["message"]?.text)
                #expect(form.body.contains(#"id="\#(name)-error""#), "\(name)")
                #expect(form.body.contains(message), "\(name): \(message)")
            }
            #expect(form.body.matches(of: #/id="[A-Za-z]+-error"/#).count == fields.count)
        }
    }

    @Test func `what is saved on the page is read in the API and the other way round`()
        async throws
    {
        try await withAPI { scene in
            let fields = [
                "fromAddress": "page@acme.example", "fromName": "Page", "version": "0",
                "action": "save",
            ]
            let form = "/t/acme/email/branding/edit"
            #expect(try await post(form, fields, as: .ada, scene).status == 303)
            let ada = try await scene.program(.ada)
            let path = "/api/v1/t/acme/email/branding"
            let read = try await ada.get(path)
            #expect(read.json["fromName"] == "Page")
            #expect(read.json["updatedBy"] == "ada")
            let saved = try await ada.put(path, read.json.with("fromName", "Program"))
            #expect(saved.status == 200)
            let late = fields.merging(["version": "1", "fromName": "Late"]) { $1 }
            let conflict = try await post(form, late, as: .ada, scene)
            #expect(conflict.status == 409)
            #expect(conflict.body.contains("Program"))
            #expect(conflict.body.contains("ada (token of ada)"))
        }
    }

    @Test func `a profile is the same through page, API, export and import`() async throws {
        let fields = [
            "name": "Round trip", "description": "Ä\r\nB", "fromAddress": "größe@borealis.example",
            "fromName": "日本, \"x\"", "host": "[2001:db8::25]", "addressFamily": "ipv6",
            "tls": "implicit", "port": "2465", "timeoutSeconds": "7", "heloName": "a.example",
            "authentication": "none", "envelopeSender": "bounce@borealis.example",
            "organization": "<Größe & Söhne>", "replyTo": "Help <h@b.example>, c@d.example",
            "readReceiptTo": "r@b.example", "returnReceiptTo": "s@b.example",
            "cc": "a@b.example\r\nc@d.example", "bcc": "e@f.example", "priority": "nonUrgent",
            "sensitivity": "companyConfidential", "importance": "high",
            "headers": "X-Team: Ops\r\nX-Umlaut: ö", "verifyCertificate": "on",
            "pinnedKey": String(repeating: "AB:", count: 31) + "AB", "requireTLS": "on",
            "signDigest": "sha512", "encryptAlgorithm": "aes256GCM", "clientID": "client",
            "authorizationURL": "https://a.example/authorize", "tokenURL": "https://a.example/t",
            "scope": "one two", "authenticationValue": "value", "hideBrowserResponse": "on",
            "firewallType": "socks5", "firewallHost": "proxy.example", "firewallPort": "1081",
            "firewallRemoteNames": "here", "systemLog": "on", "fileLog": "on",
            "logFileName": "mail.txt", "version": "0", "action": "save",
        ]
        try await withAPI { scene in
            let pages = "/t/borealis/email/profiles"
            let made = try await post("\(pages)/new", fields, as: .otto, scene)
            #expect(made.status == 303, "\(made.body)")
            let otto = try await scene.program(.otto)
            let path = "/api/v1/t/borealis/email/profiles"
            let list = try await otto.get(path)
            let id = try #require(list.json["profiles"]?.elements?.first?["id"]?.text)
            let file = try await otto.get("\(path)/\(id)/export")
            // By the API.
            let sent = try await otto.post(path, file.json.with("name", "By the API"))
            #expect(sent.status == 201)
            // By the page: the file is in the form, and what the form shows is sent.
            let text = ["settings": String(decoding: file.json.bytes, as: UTF8.self)]
            let imported = try await post("\(pages)/import", text, as: .otto, scene)
            #expect(imported.status == 303, "\(imported.body)")
            let form = try await page("\(pages)/new", as: .otto, scene)
            var shown = Self.values(of: form.body)
            shown.merge(["name": "By the page", "version": "0", "action": "save"]) { $1 }
            let again = try await post("\(pages)/new", shown, as: .otto, scene)
            #expect(again.status == 303, "\(again.body)")
            let all = try await otto.get(path).json["profiles"]?.elements ?? []
            #expect(all.count == 3)
            for profile in all {
                let other = try #require(profile["id"]?.text)
                let exported = try await otto.get("\(path)/\(other)/export").json
                #expect(exported.without("name") == file.json.without("name"), "\(profile)")
            }
        }
    }

    private func page(
        _ path: String,
        as somebody: Somebody,
        _ scene: APIScene
    ) async throws -> Reply {
        let session = try scene.session(somebody)
        return try await scene.program().send(
            "GET",
            path,
            [("Cookie", "sendproof=\(session.cookie)")],
            body: []
        )
    }

    /// What a browser would send of a form as it is shown.
    private static func values(of html: String) -> [String: String] {
        func plain(_ text: Substring) -> String {
            String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
                .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
                .replacing("&amp;", with: "&")
        }
        var values: [String: String] = [:]
        for match in html.matches(of: #/<input ([^>]*)>/#) {
            let attributes = match.1
            guard let name = attributes.firstMatch(of: #/name="([^"]*)"/#)?.1 else { continue }
            let value = attributes.firstMatch(of: #/value="([^"]*)"/#)?.1 ?? ""
            let isBox =
                attributes.contains("type=\"checkbox\"") || attributes.contains("type=\"radio\"")
            guard !isBox || attributes.contains(" checked") else { continue }
            values[String(name)] = plain(value)
        }
        for match in html.matches(of: #/<textarea [^>]*name="([^"]*)"[^>]*>\n?([^<]*)</#) {
            values[String(match.1)] = plain(match.2)
        }
        for match in html.matches(
            of: #/<select [^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/#.dotMatchesNewlines()
        ) {
            let chosen = match.2.firstMatch(of: #/<option value="([^"]*)" selected/#)?.1
            values[String(match.1)] = plain(chosen ?? "")
        }
        return values
    }

    @Test func `a secret that was sent is in no answer, no table and no log line`() async throws {
        try await withAPI { scene in
            let otto = try await scene.program(.otto)
            let base = "/api/v1/t/borealis"
            let id = try await Furniture.makeProfile(otto, "borealis")
            let path = base + "/email/profiles/\(id)"
            var replies = [
                try await otto.get(path), try await otto.get(base + "/email/profiles"),
                try await otto.put(path, Furniture.profile.with("version", 9)),
                try await otto.put(path, Furniture.profile.with("version", 1)),
                try await otto.post(base + "/email/profiles", Furniture.profile.with("port", 0)),
                try await otto.post(
                    base + "/tests",
                    ["kind": "connection", "settings": Furniture.profile]
                ),
                try await otto.send(
                    "POST",
                    base + "/tests",
                    [("Content-Type", "application/json")],
                    body: Array(#"{"a":"\#(Furniture.secret)","a":"\#(Furniture.secret)"}"#.utf8)
                ),
            ]
            #expect(replies.map(\.status) == [200, 200, 409, 200, 422, 202, 400])
            let test = try #require(replies[5].json["id"]?.text)
            replies.append(try await otto.get(base + "/tests/\(test)"))
            replies.append(try await otto.get(base + "/audit"))
            let token = try #require(otto.token)
            for secret in [Furniture.secret, token] {
                #expect(!replies.contains { $0.body.contains(secret) })
                #expect(!scene.log.text.contains(secret))
            }
            let tables = try BlockingConnection(scene.home.administrator).query(
                """
                SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'
                """
            ).compactMap { $0[0] }
            #expect(tables.contains("api_tokens"))
            for table in tables {
                let rows = try BlockingConnection(scene.home.administrator).query(
                    """
                    SELECT query_to_xml(format('SELECT t::text FROM %I t', $1::text), false, true,
                        '')::text
                    """,
                    [table]
                )
                let text = rows.compactMap { $0[0] }.joined()
                #expect(!text.contains(Furniture.secret), "\(table)")
                #expect(!text.contains(token), "\(table)")
            }
        }
    }
}
