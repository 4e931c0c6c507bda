import Templates
import HTTP
import Postgres

extension Console {
    func showInbox(_ request: SignedInRequest) async throws -> Response {
        let inbox = try demoInbox()
        let messages = try await inbox.messages()
        let page = CaptureInboxPage(
            layout: layout("Captured mail", request, section: .capture),
            messages: messages.map(CapturedRow.init),
            count: messages.isEmpty
                ? "No messages" : counted(Int64(messages.count), "message"),
            address: inbox.address
        )
        return .html(try templates.render(page))
    }

    func showCaptured(_ request: SignedInRequest) async throws -> Response {
        let message = try await captured(request)
        let id = message.summary.id
        var layout = layout(message.summary.subject, request, section: .capture)
        layout.trail = Breadcrumbs(links: [
            PageLink(url: PagePath.capture.url(), label: "Captured mail")
        ])
        let page = CaptureMessagePage(
            layout: layout,
            subject: message.summary.subject.isEmpty
                ? "(no subject)" : message.summary.subject,
            headers: message.headers.map { FactRow(term: $0.name, detail: $0.value) },
            textBody: message.text.flatMap { $0.isEmpty ? nil : $0 },
            htmlURL: message.html == nil ? nil : PagePath.capturedHTML.url(id),
            raw: String(decoding: message.raw, as: UTF8.self),
            rawURL: PagePath.capturedRaw.url(id)
        )
        return .html(try templates.render(page))
    }

    /// The HTML part alone, for a sandboxed frame: no script, no address of its own.
    func showCapturedHTML(_ request: SignedInRequest) async throws -> Response {
        let message = try await captured(request)
        var response = Response.html(Array((message.html ?? "").utf8))
        response.contentPolicy =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
        return response
    }

    func downloadCaptured(_ request: SignedInRequest) async throws -> Response {
        let message = try await captured(request)
        return .download(
            message.raw,
            type: "message/rfc822",
            fileName: "\(message.summary.id).eml"
        )
    }

    private func demoInbox() throws -> any CapturedMail {
        guard let inbox else { throw PageError.noDemo }
        return inbox
    }

    private func captured(_ request: SignedInRequest) async throws -> CapturedMessage {
        let id = request.parameters["id"] ?? ""
        guard let message = try await demoInbox().message(id) else { throw PageError.noDemo }
        return message
    }
}

extension CapturedRow {
    init(_ message: CapturedSummary) {
        self.init(
            url: PagePath.captured.url(message.id),
            sender: message.sender,
            to: message.recipients,
            subject: message.subject.isEmpty ? "(no subject)" : message.subject,
            at: DisplayTime(Timestamp(microseconds: message.receivedAt * 1_000_000)),
            size: message.byteCount < 1024
                ? "\(message.byteCount) bytes" : "\((message.byteCount + 512) / 1024) KB"
        )
    }
}
