import Cryptography
import SMTP
import EmailSettings
import ArgumentParser
import Glibc
import Observability
import Postgres
import Sockets

/// Looks at everything the product stands on and says what is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the database, the keys, the clock, the relay and the disk."
    )

    @Flag(help: "Print JSON.")
    var json = false

    private struct Finding {
        let name: String
        let isGood: Bool
        let text: String
    }

    func run() async throws {
        var findings: [Finding] = []
        let settings = Settings()
        findings.append(check("keys") { "\(try settings.masterKeys().ids.count) master keys" })
        findings.append(
            check("schema") {
                let status = try Schema.migrator(settings, settings.databaseURL()).status()
                guard case .upToDate = status else {
                    throw CommandFailure("\(status); run `sendproof migrate`")
                }
                return "up to date"
            }
        )
        findings.append(check("disk", Self.disk))
        do {
            let application = try Application(settings, name: "sendproof doctor")
            findings.append(await keysFit(application))
            findings.append(await clock(application))
            findings.append(await relay(application))
            await application.close()
        } catch {
            findings.append(Finding(name: "settings", isGood: false, text: Self.text(error)))
        }
        report(findings)
        if findings.contains(where: { !$0.isGood }) { throw ExitCode(1) }
    }

    private func report(_ findings: [Finding]) {
        guard json else {
            for finding in findings {
                print("\(finding.isGood ? "ok  " : "FAIL") \(finding.name): \(finding.text)")
            }
            return
        }
        Output.json([
            "findings": .list(
                findings.map {
                    .object([
                        "name": .text($0.name), "ok": .flag($0.isGood), "text": .text($0.text),
                    ])
                }
            )
        ])
    }

    private func check(_ name: String, _ body: () throws -> String) -> Finding {
        do { return Finding(name: name, isGood: true, text: try body()) } catch {
            return Finding(name: name, isGood: false, text: Self.text(error))
        }
    }

    /// What happened, and what an operator should know of it.
    private static func text(_ error: any Error) -> String {
        guard let error = error as? any ExplainedError else { return "\(error)" }
        return "\(error.userText) (\(error.operatorText))"
    }

    private func keysFit(_ application: Application) async -> Finding {
        do {
            try await application.requireKeys()
            return Finding(name: "key use", isGood: true, text: "they open what is stored")
        } catch { return Finding(name: "key use", isGood: false, text: Self.text(error)) }
    }

    private func clock(_ application: Application) async -> Finding {
        do {
            let now = try await application.database.read(
                TransactionScope(settings: [], readOnly: true),
                Statement("SELECT clock_timestamp()") { try $0.value(0, as: Timestamp.self) }
            )
            let difference = now.first.map { $0 - Timestamp.now() } ?? .zero
            let seconds = abs(difference.components.seconds)
            return Finding(
                name: "clock",
                isGood: seconds < 5,
                text: "\(seconds) seconds from the database's"
            )
        } catch { return Finding(name: "clock", isGood: false, text: Self.text(error)) }
    }

    private func relay(_ application: Application) async -> Finding {
        do {
            let connection = try await application.relay.connection()
            return Finding(
                name: "relay",
                isGood: true,
                text: "cloud tenants send through \(connection.host.text):\(connection.port)"
            )
        } catch let error as PlatformRelayError {
            // Without cloud tenants there need not be one.
            return Finding(name: "relay", isGood: true, text: error.operatorText)
        } catch { return Finding(name: "relay", isGood: false, text: Self.text(error)) }
    }

    private static func disk() throws -> String {
        var facts = statvfs()
        guard unsafe statvfs(".", &facts) == 0 else { throw CommandFailure("cannot be asked") }
        let free = (UInt64(facts.f_bavail) * UInt64(facts.f_frsize)) >> 20
        guard free >= 200 else { throw CommandFailure("only \(free) MiB are free") }
        return "\(free) MiB free"
    }
}
