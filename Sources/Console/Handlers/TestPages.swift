import Templates
import Accounts
import HTTP
import Observability
import Postgres
import SMTP
import TestSends

extension Console {
    func showTest(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        let progress = try await tests.log.progress(of: id, after: 0, in: request.scope)
        let layout = layout(
            progress.run.heading,
            request,
            section: .tests,
            trail: [PageLink(url: PagePath.tests.url(request.slug), label: "Test log")]
        )
        return try testPage(
            progress,
            layout,
            links(progress.run, request),
            events: PagePath.testEvents.url(request.slug, id.description)
        )
    }

    func cancelTest(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        try await tests.log.cancel(id, in: request.scope)
        return .redirect(
            to: PagePath.test.url(request.slug, id.description) + "?notice=cancelled"
        )
    }

    func downloadTest(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        return download(try await tests.log.trace(id, in: request.scope), id)
    }

    func streamTest(_ request: TenantRequest) async throws -> Response {
        let id = try request.id()
        let run = try await tests.log.run(id, in: request.scope)
        let links = links(run, request)
        return stream(id, request.visit.token.formToken, links, request.request.lastEventID) {
            try await tests.log.progress(of: id, after: $0, in: request.scope)
        }
    }

    func showAnyTest(_ request: SupportRequest) async throws -> Response {
        let id = try request.id()
        let progress = try await tests.log.progress(of: id, after: 0, in: request.scope)
        try await recordSupport("support.testViewed", of: progress.run, request)
        var layout = layout(progress.run.heading, request)
        layout.trail = Breadcrumbs(links: [
            PageLink(url: PagePath.supportTests.url(), label: "All tests")
        ])
        return try testPage(
            progress,
            layout,
            supportLinks(id),
            events: PagePath.supportTestEvents.url(id.description)
        )
    }

    func downloadAnyTest(_ request: SupportRequest) async throws -> Response {
        let id = try request.id()
        let progress = try await tests.log.progress(of: id, in: request.scope)
        try await recordSupport("support.testDownloaded", of: progress.run, request)
        return download(progress.trace, id)
    }

    func streamAnyTest(_ request: SupportRequest) async throws -> Response {
        let id = try request.id()
        let run = try await tests.log.run(id, in: request.scope)
        // The browser connects anew whenever the stream breaks off.
        try await recordSupport("support.testWatched", of: run, request, atMostEvery: .seconds(900))
        return stream(id, "", supportLinks(id), request.request.lastEventID) {
            try await tests.log.progress(of: id, after: $0, in: request.scope)
        }
    }

    /// The tenant sees in its trail what support looked at.
    private func recordSupport(
        _ action: String,
        of run: TestRun,
        _ request: SupportRequest,
        atMostEvery interval: Duration = .zero
    ) async throws {
        try await accounts.audit.recordAlone(
            AuditEntry(action, of: run.id.description),
            by: request.visit.actor,
            tenant: run.tenant.id,
            atMostEvery: interval
        )
    }

    private func testPage(
        _ progress: TestProgress,
        _ layout: PageLayout,
        _ links: TestLinks,
        events: String
    ) throws -> Response {
        let run = progress.run
        var layout = layout
        layout.refreshes = !run.status.isFinished
        if run.status.isFinished { layout.notice = nil }
        let total = run.durationMilliseconds ?? 0
        let page = TestRunPage(
            layout: layout,
            heading: run.heading,
            facts: facts(run),
            started: DisplayTime(run.queuedAt),
            eventsURL: run.status.isFinished ? nil : events,
            outcome: OutcomePanel(run, progress.steps, links),
            steps: progress.steps.map { StepItem($0, total: total) },
            isWaiting: progress.steps.isEmpty && !run.status.isFinished
        )
        return .html(try templates.render(page))
    }

    private func facts(_ run: TestRun) -> [FactRow] {
        var facts = [
            FactRow(term: "Tenant", detail: run.tenant.name),
            FactRow(term: "Settings", detail: "\(run.profileName), as they were on the form"),
            FactRow(term: "Server", detail: run.destination),
            FactRow(term: "Started by", detail: run.requestedBy),
        ]
        if let recipient = run.recipient {
            facts.append(FactRow(term: "Recipient", detail: recipient))
        }
        if let messageID = run.messageID {
            facts.append(FactRow(term: "Message-ID", detail: messageID))
        }
        if let queueID = run.queueID {
            facts.append(FactRow(term: "Queue ID of the server", detail: queueID))
        }
        if run.attempts > 1 {
            facts.append(FactRow(term: "Attempts", detail: String(run.attempts)))
        }
        return facts
    }

    /// Sends the steps as they happen, then the outcome; ends when the test has ended.
    private func stream(
        _ id: UUID,
        _ csrf: String,
        _ links: TestLinks,
        _ lastID: String?,
        _ progress: @escaping @Sendable (Int) async throws -> TestProgress
    ) -> Response {
        .events { sink in
            var last = lastID.flatMap { Int($0) } ?? 0
            var shown: TestStatus?
            do {
                for await _ in tests.events.changes(of: id) {
                    let now = try await progress(last)
                    for step in now.steps {
                        guard await send(step, now, to: sink) else { return }
                        last = max(last, step.number)
                    }
                    let status = now.run.status
                    guard status != shown || now.run.isCancelRequested else { continue }
                    shown = status
                    let all = status.isFinished ? try await progress(0).steps : []
                    guard await send(now.run, all, csrf, links, to: sink) else { return }
                    if status.isFinished { return }
                }
            } catch {
                let text = (error as? any ExplainedError)?.operatorText ?? "\(type(of: error))"
                log.unexpected(text, reference: id.description)
            }
        }
    }

    private func send(
        _ step: TestStep,
        _ progress: TestProgress,
        to sink: EventSink
    ) async -> Bool {
        let total = progress.run.durationMilliseconds ?? 0
        let fragment = StepFragment(
            iconURL: assets.iconURL,
            step: StepItem(step, total: total)
        )
        guard let html = rendered({ try templates.render(fragment) }) else { return false }
        return await sink.send(id: String(step.number), event: "step", data: html)
    }

    private func send(
        _ run: TestRun,
        _ steps: [TestStep],
        _ csrf: String,
        _ links: TestLinks,
        to sink: EventSink
    ) async -> Bool {
        let fragment = OutcomeFragment(
            iconURL: assets.iconURL,
            csrf: csrf,
            outcome: OutcomePanel(run, steps, links)
        )
        guard let html = rendered({ try templates.render(fragment) }) else { return false }
        return await sink.send(event: "outcome", data: html)
    }

    private func rendered(_ render: () throws -> [UInt8]) -> String? {
        do { return String(decoding: try render(), as: UTF8.self) } catch {
            log.unexpected("\(error)", reference: "events")
            return nil
        }
    }

    private func download(_ trace: Trace, _ id: UUID) -> Response {
        .download(trace.json.bytes, type: "application/json", fileName: "sendproof-test-\(id).json")
    }

    private func links(_ run: TestRun, _ request: TenantRequest) -> TestLinks {
        let slug = request.slug
        let id = run.id.description
        let mayEdit = request.access.may(.emailModify)
        let form: String
        if request.tenant.edition == .cloud {
            form = PagePath.brandingEdit.url(slug)
        } else if let profile = run.profileID {
            form = PagePath.profileEdit.url(slug, profile.description)
        } else {
            form = PagePath.profileNew.url(slug)
        }
        return TestLinks(
            cancelURL: request.access.may(.emailTest) ? PagePath.testCancel.url(slug, id) : nil,
            back: mayEdit
                ? PageLink(url: form, label: "Back to the form with these values")
                : PageLink(url: PagePath.email.url(slug), label: "Back to email"),
            downloadURL: PagePath.testDownload.url(slug, id),
            formURL: mayEdit ? form : nil
        )
    }

    private func supportLinks(_ id: UUID) -> TestLinks {
        TestLinks(
            cancelURL: nil,
            back: nil,
            downloadURL: PagePath.supportTestDownload.url(id.description),
            formURL: nil
        )
    }
}
