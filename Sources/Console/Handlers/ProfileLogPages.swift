import Accounts
import EmailSettings
import HTTP
import Observability
import Postgres
import Templates
import TestSends

extension Console {
    /// The last lines of the profile's log file.
    func showProfileLog(_ request: TenantRequest) async throws -> Response {
        let profile = try await profile(request)
        let found = try await lines(of: profile, request)
        let page = ProfileLogPage(
            layout: layout(
                "Log file",
                request,
                section: .email,
                trail: [
                    PageLink(url: PagePath.email.url(request.slug), label: "Email"),
                    PageLink(
                        url: PagePath.profile.url(request.slug, profile.id.description),
                        label: profile.name
                    ),
                ]
            ),
            lede: found.lede,
            trouble: trouble,
            emptyHint: found.emptyHint,
            text: found.lines.isEmpty ? nil : found.lines.joined(separator: "\u{A}")
        )
        return .html(try templates.render(page))
    }

    private struct LogExcerpt {
        var lede = "The lines of this profile's tests, in a file on the machine that sends."
        var emptyHint: String
        var lines: [String] = []
    }

    private func lines(
        of profile: EmailProfile,
        _ request: TenantRequest
    ) async throws -> LogExcerpt {
        guard profile.form.flag(.fileLog),
            // A name that is none is as good as no name here; the form says so.
            let file = try? LogFileName(parsing: profile.form[.logFileName])
        else {
            return LogExcerpt(
                emptyHint: "This profile writes to no file. Switch on “Log file” in its settings."
            )
        }
        guard let traceLog = tests.traceLog else {
            return LogExcerpt(emptyHint: TraceLogError(.noFolder).userText)
        }
        do {
            let lines = try await traceLog.lastLines(of: file, in: request.scope)
            return LogExcerpt(
                lede: "The last \(counted(Int64(TraceLog.shownLines), "line")) of \(file.text) on "
                    + "this machine, the newest below. Passwords are blacked out as in the trace.",
                emptyHint: "There is no line yet. The next test with these settings writes some.",
                lines: lines
            )
        } catch let error as TraceLogError {
            return LogExcerpt(emptyHint: error.userText)
        }
    }

    private var trouble: String? {
        guard let troubles = tests.traceLog?.troubles, let reason = troubles.reason else {
            return nil
        }
        let count = Int64(troubles.files + troubles.systemLog)
        return "Since this server was started, the lines of \(counted(count, "test")) could not be "
            + "written to a log. \(reason)"
    }
}
