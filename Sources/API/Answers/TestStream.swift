import Accounts
import HTTP
import Observability
import Postgres
import SMTP
import TestSends

extension API {
    /// The steps as they happen, then the outcome, as Server-Sent Events with JSON in them.
    ///
    /// The event `step` has a step, with its number as the id; `outcome` has the test without its
    /// steps, at each change of its status. The stream ends when the test has ended, and when the
    /// token may no longer read.
    func streamTest(_ call: TenantCall) async throws -> Response {
        let id = try call.id()
        _ = try await tests.run(id, in: call.scope)
        let last = call.request.lastEventID.flatMap { Int($0) } ?? 0
        return .events { sink in
            do {
                try await follow(id, after: last, call, sink)
            } catch let error as TokenRefusal {
                log.refused(error.code, reference: call.request.id)
            } catch let error as AccountsError {
                log.refused(error.code, reference: call.request.id)
            } catch {
                let text = (error as? any ExplainedError)?.operatorText ?? "\(type(of: error))"
                log.unexpected(text, reference: call.request.id)
            }
        }
    }

    private func follow(
        _ id: UUID,
        after number: Int,
        _ call: TenantCall,
        _ sink: EventSink
    ) async throws {
        var last = number
        var shown: TestStatus?
        for await _ in events.changes(of: id) {
            let scope = try await renewed(call)
            let now = try await tests.progress(of: id, after: last, in: scope)
            for step in now.steps {
                let json = String(decoding: JSON(step).bytes, as: UTF8.self)
                guard await sink.send(id: String(step.number), event: "step", data: json) else {
                    return
                }
                last = max(last, step.number)
            }
            let status = now.run.status
            guard status != shown || now.run.isCancelRequested else { continue }
            shown = status
            let json = String(decoding: JSON(now.run, slug: call.slug).bytes, as: UTF8.self)
            guard await sink.send(event: "outcome", data: json) else { return }
            if status.isFinished { return }
        }
    }

    /// The right to go on reading, asked for again each time.
    private func renewed(_ call: TenantCall) async throws -> TenantScope {
        let visit = try await authoriser.visit(call.caller.token, origin: call.origin)
        return try await authoriser.enter(call.tenant.slug, visit, needing: .logsRead).scope
    }
}
