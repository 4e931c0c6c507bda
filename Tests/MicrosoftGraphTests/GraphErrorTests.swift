import Foundation
import HTTP
import Mail
import OAuth
import Observability
import Outbound
import SMTP
import Sockets
import TestCertificates
import TestGraph
import Testing

@testable import MicrosoftGraph

@Suite(.timeLimit(.minutes(2))) struct GraphErrorTests {
    /// What Graph says, and what it is taken for.
    struct Case: Sendable, CustomTestStringConvertible {
        let status: Status
        let error: String
        let message: String
        let code: VerdictCode
        var testDescription: String { "\(status.code) \(error) \(message)" }

        init(_ status: Status, _ error: String, _ message: String, _ code: VerdictCode) {
            self.status = status
            self.error = error
            self.message = message
            self.code = code
        }
    }

    @Test(arguments: [
        Case(.unauthorized, "InvalidAuthenticationToken", "Expired.", .graphTokenRejected),
        Case(
            .unauthorized,
            "InvalidAuthenticationToken",
            "Access token validation failure. Invalid audience.",
            .graphWrongCloud
        ),
        Case(
            .unauthorized,
            "InvalidAuthenticationToken",
            "Continuous access evaluation resulted in challenge with result: InteractionRequired "
                + "and code: LocationConditionEvaluationSatisfied",
            .graphConditionalAccess
        ),
        Case(.unauthorized, "SomethingElse", "No.", .graphTokenRejected),
        Case(.forbidden, "NoPermissionsInAccessToken", "None.", .graphPermissionMissing),
        Case(.unauthorized, "NoPermissionsInAccessToken", "None.", .graphPermissionMissing),
        Case(.forbidden, "ErrorAccessDenied", "Access is denied.", .graphMailboxForbidden),
        Case(
            .forbidden,
            "Authorization_RequestDenied",
            "Insufficient privileges.",
            .graphMailboxForbidden
        ),
        Case(
            .forbidden,
            "ErrorAccessDenied",
            "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly "
                + "AccessPolicy settings.",
            .graphPolicyBlocked
        ),
        Case(.forbidden, "ErrorSendAsDenied", "No right., Cannot.", .graphSendAsDenied),
        Case(.forbidden, "insufficient_claims", "More.", .graphConditionalAccess),
        Case(.notFound, "ErrorInvalidUser", "The user is invalid.", .graphMailboxUnknown),
        Case(.notFound, "Request_ResourceNotFound", "Not found.", .graphMailboxUnknown),
        Case(.notFound, "MailboxNotEnabledForRESTAPI", "Inactive.", .graphMailboxUnavailable),
        Case(.notFound, "MailboxNotSupportedForRESTAPI", "On.", .graphMailboxUnavailable),
        Case(.badRequest, "ErrorMessageSizeExceeded", "Too large.", .graphSizeExceeded),
        Case(
            .badRequest,
            "BadRequest",
            "The maximum request length supported is 4MB.",
            .graphSizeExceeded
        ),
        Case(.contentTooLarge, "RequestEntityTooLarge", "Large.", .graphSizeExceeded),
        Case(.badRequest, "ErrorMimeContentInvalidBase64String", "No.", .graphMessageInvalid),
        Case(.badRequest, "InvalidInternetMessageHeader", "x-", .graphMessageInvalid),
        Case(.badRequest, "ErrorInvalidRecipients", "At least one.", .graphRecipientInvalid),
        Case(.forbidden, "ErrorQuotaExceeded", "Full.", .graphQuotaExceeded),
        Case(.internalServerError, "ErrorQuotaExceeded", "Full.", .graphQuotaExceeded),
        Case(.tooManyRequests, "ErrorExceededMessageLimit", "Limit.", .graphSendingLimit),
        Case(.forbidden, "ErrorMessageSubmissionBlocked", "Spam.", .graphSenderBlocked),
        Case(.conflict, "SomethingNew", "New.", .graphRefused),
        Case(.notImplemented, "notSupported", "No.", .graphRefused),
    ])
    func `an error is explained by the code and the words of Graph`(_ known: Case) async throws {
        try await GraphScene.run { scene in
            scene.server.change {
                let fault = GraphRules.error(known.status, known.error, known.message)
                $0.faults = [fault, fault]
            }
            let trace = try await scene.send()
            #expect(trace.outcome == .failed)
            #expect(trace.verdict.code == known.code)
            #expect(trace.verdict.step == .submit)
            #expect(trace.verdict.reply?.code == Int(known.status.code))
            #expect(trace.verdict.reply?.text.contains(known.error) == true)
            #expect(trace.verdict.cause.contains(known.error), "\(trace.verdict.cause)")
            for words in [trace.verdict.cause, trace.verdict.advice] {
                #expect(!words.contains("{") && !words.contains(".."), "\(words)")
            }
        }
    }

    @Test func `the permission decides whether it or the mailbox is to blame`() async throws {
        var rules = GraphRules()
        rules.roles = ["User.Read.All"]
        try await GraphScene.run(rules) { scene in
            let trace = try await scene.send()
            #expect(trace.words == ["token warning", "submit failed"])
            #expect(trace.verdict.code == .graphPermissionMissing)
            #expect(trace.verdict.whoCanFix == .entraAdministrator)
            #expect(trace.verdict.advice.contains("Mail.Send (not the delegated one)"))
            // Exchange may give what the token does not name.
            scene.server.change { $0.hasExchangeGrant = true }
            let second = try await scene.send()
            #expect(second.words == ["token warning", "submit ok"])
            #expect(second.outcome == .accepted)
        }
        var scoped = GraphRules()
        scoped.inScope = []
        try await GraphScene.run(scoped) { scene in
            let trace = try await scene.send()
            #expect(trace.verdict.code == .graphMailboxForbidden)
            #expect(trace.verdict.field == "fromAddress")
            #expect(trace.verdict.cause.contains("no-reply@contoso.com"))
        }
    }

    @Test func `another From address needs the right to it`() async throws {
        try await GraphScene.run { scene in
            let trace = try await scene.send(try scene.submission(from: "boss@contoso.com"))
            #expect(trace.verdict.code == .graphSendAsDenied)
            #expect(
                trace.verdict.cause.contains("no-reply@contoso.com may not send as boss@contoso")
            )
            #expect(trace.fact("from", of: .submit) == .string("boss@contoso.com"))
            scene.server.change { $0.sendAs = ["boss@contoso.com"] }
            let second = try await scene.send(try scene.submission(from: "boss@contoso.com"))
            #expect(second.outcome == .accepted)
        }
    }

    @Test func `the innermost error says most`() async throws {
        try await GraphScene.run { scene in
            scene.server.change {
                $0.faults = [
                    .json(
                        Array(
                            #"{"error":{"code":"generalException","message":"m","innererror":{"code":"accessDenied","innererror":{"code":"ErrorSendAsDenied"}}}}"#
                                .utf8
                        ),
                        status: .forbidden
                    )
                ]
            }
            let trace = try await scene.send()
            #expect(trace.verdict.code == .graphMailboxForbidden)
        }
    }

    @Test func `something else that answers is not taken for Graph`() async throws {
        let page = Array("<html>Blocked by policy</html>".utf8)
        for (status, code) in [
            (403, VerdictCode.graphResponse), (404, .graphResponse), (302, .graphResponse),
            (401, .graphResponse), (413, .graphSizeExceeded), (507, .graphQuotaExceeded),
            (509, .graphThrottled), (400, .graphResponse),
        ] {
            let response = HTTPSResponse(status: status, headers: [], body: Redacted(page))
            let answer = GraphAnswer(response, TokenTranscript(hiding: []))
            guard case .refused(let advice) = answer.fate(hasPermission: true) else {
                Issue.record("\(status)")
                continue
            }
            #expect(advice.code == code, "\(status)")
            #expect(answer.lines.contains("(\(page.count) bytes)"))
        }
    }

    // MARK: - The token

    @Test(arguments: [
        ("invalid_client", "AADSTS7000215: Invalid client secret.", VerdictCode.oauthInvalidClient),
        ("invalid_client", "AADSTS7000222: Expired keys.", .oauthSecretExpired),
        ("unauthorized_client", "AADSTS700016: Not found.", .oauthClientUnknown),
        ("invalid_request", "AADSTS90002: Tenant not found.", .oauthTenantUnknown),
        ("invalid_request", "AADSTS90038: Redirect to another cloud.", .graphWrongCloud),
        ("invalid_scope", "AADSTS500011: No principal.", .oauthInvalidScope),
        ("invalid_client", "AADSTS7000112: Disabled.", .graphApplicationDisabled),
        ("invalid_grant", "AADSTS53003: Blocked by Conditional Access.", .graphConditionalAccess),
        ("invalid_grant", "AADSTS65001: No consent.", .oauthConsentRequired),
        ("temporarily_unavailable", "AADSTS90033: Later.", .oauthServerFailure),
        ("something_new", "AADSTS1: New.", .oauthRefused),
    ])
    func `why there is no token is said in the words of Office 365`(
        _ error: String,
        _ description: String,
        _ code: VerdictCode
    ) async throws {
        try await GraphScene.run { scene in
            scene.server.change { $0.tokenFault = GraphRules.tokenError(error, description) }
            let marks = Counter()
            let trace = try await scene.send(beforeSubmit: { marks.rise() })
            #expect(trace.outcome == .failed)
            #expect(trace.verdict.code == code)
            #expect(trace.verdict.step == .token)
            #expect(trace.words == ["token failed"])
            #expect(marks.count == 0)
            let number = description.prefix { $0 != ":" }
            #expect(trace.verdict.cause.contains(number), "\(trace.verdict.cause)")
            let words = trace.verdict.cause + trace.verdict.advice
            for strange in ["OAuth2 tab", "SMTP", "token URL", "{"] {
                #expect(!words.contains(strange), "\(words)")
            }
            let fields = ["applicationSecret", "fromAddress", nil]
            #expect(fields.contains(trace.verdict.field), "\(trace.verdict.field ?? "")")
        }
    }

    @Test func `a wrong secret, application and directory are told apart`() async throws {
        try await GraphScene.run { scene in
            let wrong: [(GraphAccount, VerdictCode)] = [
                (try scene.account(secret: "wrong"), .oauthInvalidClient),
                (try scene.account(client: "other"), .oauthClientUnknown),
                (try scene.account(tenant: "other"), .oauthTenantUnknown),
                (try scene.account(cloud: .china), .oauthInvalidScope),
            ]
            for (account, code) in wrong {
                let trace = try await scene.send(as: account)
                #expect(trace.verdict.code == code)
            }
        }
    }

    // MARK: - The way

    @Test func `what ends the way to Graph is told apart from its answers`() async throws {
        try await GraphScene.run { scene in
            let account = try scene.account()
            func trace(_ engine: GraphEngine) async throws -> Trace {
                try await engine.send(
                    try scene.submission(),
                    with: account,
                    on: scene.loop,
                    until: .after(.seconds(60))
                )
            }
            let distrusting = GraphScene.engine(scene.server, trusting: false)
            #expect(try await trace(distrusting).verdict.code == .oauthTLS)
            let forbidden = GraphScene.engine(scene.server, egress: { _ in "Not from here." })
            let refused = try await trace(forbidden)
            #expect(refused.verdict.code == .egressForbidden)
            #expect(refused.verdict.cause.contains("Not from here."))
        }
        let answers: [(HTTPSError.Kind, VerdictCode)] = [
            (.name(.notFound), .graphUnreachable), (.refused, .graphUnreachable),
            (.tls(.untrusted), .graphTLS), (.forbidden("No."), .egressForbidden),
            (.protocolViolation, .graphResponse), (.busy, .graphUnreachable),
        ]
        for (kind, code) in answers {
            let failure = GraphFailure.unsent(HTTPSError(kind, at: "graph.test"), at: .submit)
            #expect(failure.advice.code == code)
        }
    }

    @Test func `the proxy of the profile and the environment's are the way`() async throws {
        try await GraphScene.run { scene in
            let free = try await Self.freePort()
            var account = try scene.account()
            account.proxy = .fixed(Proxy(.tunnel, host: "127.0.0.1", port: free))
            let fixed = try await scene.send(as: account)
            #expect(fixed.verdict.code == .oauthUnreachable)
            #expect(fixed.fact("proxy", of: .token) == .string("127.0.0.1:\(free)"))
            account.proxy = .environment
            let without = try await scene.send(as: account)
            #expect(without.outcome == .accepted)
            func send(_ variables: [String: String]) async throws -> Trace {
                try await GraphScene.engine(scene.server, environment: variables).send(
                    try scene.submission(),
                    with: account,
                    on: scene.loop,
                    until: .after(.seconds(60))
                )
            }
            let proxied = try await send(["https_proxy": "http://127.0.0.1:\(free)"])
            #expect(proxied.verdict.code == .oauthUnreachable)
            let mixed = try await send([
                "https_proxy": "http://127.0.0.1:\(free)", "no_proxy": "login.test",
            ])
            #expect(mixed.words == ["token ok", "submit failed"])
            #expect(mixed.verdict.code == .graphUnreachable)
            #expect(mixed.fact("proxy", of: .submit) == .string("127.0.0.1:\(free)"))
            let unusable = try await send(["https_proxy": "http://a b"])
            #expect(unusable.verdict.code == .proxySettings)
            #expect(unusable.verdict.field == "autoDetect")
        }
    }

    @Test func `a Graph that is not there has surely got nothing`() async throws {
        try await GraphScene.run { scene in
            let free = try await Self.freePort()
            let engine = GraphScene.engine(scene.server, graphPort: free)
            let marks = Counter()
            let trace = try await engine.send(
                try scene.submission(),
                with: try scene.account(),
                on: scene.loop,
                until: .after(.seconds(60)),
                beforeSubmit: { marks.rise() }
            )
            #expect(trace.outcome == .failed)
            #expect(trace.verdict.code == .graphUnreachable)
            #expect(trace.verdict.cause.contains("nothing was sent"))
            #expect(trace.verdict.temporary)
            #expect(marks.count == 1)
        }
    }

    /// Of a server that is gone.
    private static func freePort() async throws -> UInt16 {
        let server = try await GraphServer()
        await server.stop()
        return server.port
    }

    // MARK: - The documentation

    @Test func `every code of Graph has its advice and its row in the documentation`() throws {
        let successes: Set<VerdictCode> = [.graphConnected, .graphAccepted]
        let codes = VerdictCode.allCases.filter { $0.rawValue.hasPrefix("graph.") }
        let all = GraphAdvice.all
        #expect(Set(all.map(\.code)).union(successes) == Set(codes))
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/verdicts.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for code in codes {
            let row = try #require(rows.first { $0.hasPrefix("| `\(code.rawValue)` |") })
            let said = row.split(separator: "|").last?.trimmingCharacters(in: .whitespaces)
            let who = Set(all.filter { $0.code == code }.map(\.who))
            let named = WhoCanFix.allCases.filter(who.contains).map { "`\($0.rawValue)`" }
            #expect(said == (who.isEmpty ? "–" : named.joined(separator: ", ")), "\(code)")
        }
        for advice in all {
            #expect(advice.cause.hasSuffix(".") || advice.cause.hasSuffix("{reason}"))
            #expect(advice.advice.hasSuffix("."))
        }
        for token in AdviceEntry.byToken {
            let row = try #require(rows.first { $0.hasPrefix("| `\(token.code.rawValue)` |") })
            #expect(row.hasSuffix("| `\(token.who.rawValue)` |"), "\(token.code)")
        }
    }
}
