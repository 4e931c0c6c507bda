import EmailSettings
import MicrosoftGraph
import SMTP
import Sockets

extension TestAttempt {
    /// The conversation of the test's settings, once its credentials and its token are there.
    func converse() async throws -> Trace {
        let deadline = Deadline.after(timeLimit)
        let offset = credentialsMilliseconds
        let run = MailRun(
            order.settings,
            order.kind,
            tenant: order.tenant,
            tokens: tokens,
            sources: sources,
            on: loop,
            until: deadline
        )
        return try await run.perform(
            onStep: { writer.append($0.later(by: offset)) },
            submit: { try await submit($0, $1, offset + $2, deadline) },
            talk: { try await talk($0, offset + $1, deadline) }
        )
    }

    /// Through Microsoft Graph.
    private func submit(
        _ account: GraphAccount,
        _ settings: EffectiveSettings,
        _ offset: Int,
        _ deadline: Deadline
    ) async throws -> Trace {
        let onStep = onStep(offset)
        switch order.kind {
        case .connection:
            return try await graph.testConnection(
                account,
                on: loop,
                until: deadline,
                onStep: onStep
            )
        case .send:
            return try await graph.send(
                try await protecting { try $0.graphSubmission() },
                with: account,
                on: loop,
                until: deadline,
                onStep: onStep,
                beforeSubmit: { [writer] in try await writer.markFinalDot() }
            )
        }
    }

    private func onStep(
        _ offset: Int
    ) -> @Sendable (StepEvent) async throws -> Void {
        { [writer] event in
            if case .finished(_, let step) = event { writer.append(step.later(by: offset)) }
        }
    }

    private func talk(
        _ connection: ConnectionSettings,
        _ offset: Int,
        _ deadline: Deadline
    ) async throws -> Trace {
        let onStep = onStep(offset)
        switch order.kind {
        case .connection:
            return try await engine.testConnection(
                connection,
                on: loop,
                until: deadline,
                onStep: onStep
            )
        case .send:
            return try await engine.send(
                try await protecting { try $0.submission() },
                with: connection,
                on: loop,
                until: deadline,
                onStep: onStep,
                beforeFinalDot: { [writer] in try await writer.markFinalDot() }
            )
        }
    }

    /// The message; signing and encrypting is work for a thread that may take its time.
    private func protecting<Made: Sendable>(
        _ make: @escaping @Sendable (TestOrder) throws -> Made
    ) async throws -> Made {
        let smime = order.settings.draft.smime
        guard smime.signEnabled || smime.encryptEnabled else { return try make(order) }
        return try await engine.blocking.run { [order] in try make(order) }
    }
}
