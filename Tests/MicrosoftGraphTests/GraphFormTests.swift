import Mail
import OAuth
import Observability
import SMTP
import Sockets
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(2))) struct GraphFormTests {
    private func mailbox(_ text: String, _ name: String? = nil) throws -> Mailbox {
        Mailbox(
            address: try Address(parsing: text),
            name: try name.map { try DisplayName(parsing: $0) }
        )
    }

    @Test func `the JSON form says everything that Graph takes, and leaves no copy`() async throws {
        try await GraphScene.run { scene in
            var message = try scene.message()
            message.html = "<p>schöne Grüße</p>"
            message.options.cc = [try mailbox("carla@example.com")]
            message.options.bcc = [try mailbox("dan@example.com")]
            message.options.replyTo = [try mailbox("help@contoso.com", "Help \"desk\"")]
            message.options.importance = .high
            message.options.readReceiptTo = try Address(parsing: "ana@contoso.com")
            message.options.headers = [try CustomHeader(name: "X-Tenant", value: "Größe 7")]
            let account = try scene.account(saves: false)
            let trace = try await scene.send(GraphSubmission(json: message), as: account)
            #expect(trace.outcome == .accepted)
            #expect(trace.fact("form", of: .submit) == .string("JSON"))
            #expect(trace.fact("savedToSentItems", of: .submit) == .bool(false))
            #expect(trace.fact("leftOut", of: .submit) == .array([.string("readReceiptTo")]))
            let taken = try #require(scene.server.rules.taken.first)
            #expect(!taken.isSaved)
            #expect(
                taken.recipients == ["ben@example.com", "carla@example.com", "dan@example.com"]
            )
            let json = try #require(taken.json?["message"])
            #expect(json["subject"] == .string("Größe <b>"))
            #expect(json["body"]?["contentType"] == .string("html"))
            #expect(json["body"]?["content"] == .string("<p>schöne Grüße</p>"))
            #expect(json["importance"] == .string("high"))
            #expect(json["isReadReceiptRequested"] == .bool(true))
            #expect(json["internetMessageId"] == .string("<test-1@contoso.com>"))
            #expect(json["from"]?["emailAddress"]?["name"] == .string("Störung, Ana"))
            let headers = try #require(json["internetMessageHeaders"]?.elements)
            #expect(
                headers.compactMap { $0["name"]?.text } == ["X-Auto-Response-Suppress", "X-Tenant"]
            )
            #expect(headers.last?["value"] == .string("Größe 7"))
        }
    }

    @Test func `a plain message has neither lists nor HTML in the JSON form`() async throws {
        try await GraphScene.run { scene in
            let trace = try await scene.send(GraphSubmission(json: try scene.message()))
            #expect(trace.outcome == .accepted)
            #expect(trace.fact("leftOut", of: .submit) == nil)
            let json = try #require(scene.server.rules.taken.first?.json?["message"])
            #expect(json["body"]?["contentType"] == .string("text"))
            for name in ["ccRecipients", "bccRecipients", "replyTo", "importance"] {
                #expect(json[name] == nil)
            }
        }
    }

    @Test func `what the JSON form cannot carry is left out and said`() async throws {
        try await GraphScene.run { scene in
            var message = try scene.message()
            message.options.organization = HeaderText(sanitizing: "Contoso")
            message.options.priority = .urgent
            message.options.sensitivity = .private
            message.options.returnReceiptTo = try Address(parsing: "ana@contoso.com")
            message.options.headers =
                [try CustomHeader(name: "List-Id", value: "a")]
                + (try (1...6).map { try CustomHeader(name: "X-\($0)", value: "\($0)") })
            let trace = try await scene.send(GraphSubmission(json: message))
            #expect(trace.outcome == .accepted)
            let names = ["organization", "returnReceiptTo", "priority", "sensitivity", "headers"]
            #expect(trace.fact("leftOut", of: .submit) == .array(names.map(JSON.string)))
            let json = try #require(scene.server.rules.taken.first?.json?["message"])
            #expect(json["internetMessageHeaders"]?.elements?.count == 5)
            let gaps = GraphForm.unsupported(.json)
            for name in names { #expect(gaps.contains { $0.field == name }, "\(name)") }
        }
    }

    @Test func `the fields that a form cannot carry are listed with their reasons`() {
        let mime = GraphForm.unsupported(.mime)
        let json = GraphForm.unsupported(.json)
        #expect(mime.map(\.field) == ["envelopeSender", "returnReceiptTo", "requireTLS"])
        #expect(Array(json.prefix(mime.count)) == mime)
        #expect(json.filter(\.isPartial).map(\.field) == ["readReceiptTo", "headers"])
        let options = MessageOptions.Field.allCases.map(\.rawValue)
        let others = ["envelopeSender", "requireTLS", "signEnabled", "encryptEnabled"]
        for gap in json {
            #expect((options + others).contains(gap.field))
            #expect(gap.reason.hasSuffix("."))
        }
        #expect(GraphForm(saveToSentItems: true) == .mime)
        #expect(GraphForm(saveToSentItems: false) == .json)
    }
}
