import Observability
import SASL
import Sockets

/// The exchanges that prove who we are; those that block run on threads of their own.
extension Conversation {
    func startExchange(_ mechanism: SASLMechanism) async -> [Dialogue.Action] {
        let binding = mechanism.bindsChannel ? (stream as? TLSStream)?.binding : nil
        let exchange = SASLExchange(mechanism, identity(binding))
        self.exchange = exchange
        return await take(exchange) { () throws(SASLError) in try exchange.start() }
    }

    func answerChallenge(_ challenge: [UInt8]) async -> [Dialogue.Action] {
        guard let exchange else { return [] }
        return await take(exchange) { () throws(SASLError) in
            try exchange.respond(to: challenge)
        }
    }

    private func identity(_ binding: TLSStream.Binding?) -> SASLIdentity {
        let settings = setting.settings
        return SASLIdentity(
            username: settings.hasUsername ? settings.username : nil,
            password: settings.password,
            host: settings.host.bare,
            port: settings.port,
            channelBinding: binding?.forSASL
        )
    }

    private func take(
        _ exchange: SASLExchange,
        _ step: @escaping @Sendable () throws(SASLError) -> SASLExchange.Step
    ) async -> [Dialogue.Action] {
        let attempt: @Sendable () -> Result<SASLExchange.Step, SASLError> = {
            do throws(SASLError) { return .success(try step()) } catch { return .failure(error) }
        }
        guard exchange.mechanism.blocks else { return taken(attempt(), exchange.mechanism) }
        do {
            let outcome = try await setting.blocking.run(
                until: replyDeadline,
                on: setting.loop,
                attempt
            )
            return taken(outcome, exchange.mechanism)
        } catch {
            switch error {
            case .full: return dialogue.exchangeFailed(.signInBusy)
            case .cancelled: return dialogue.broke(.cancelled)
            case .timedOut:
                return dialogue.broke(
                    setting.deadline.hasPassed
                        ? .timedOut : .signInTimedOut(exchange.mechanism)
                )
            }
        }
    }

    private func taken(
        _ outcome: Result<SASLExchange.Step, SASLError>,
        _ mechanism: SASLMechanism
    ) -> [Dialogue.Action] {
        switch outcome {
        case .success(let step): return dialogue.exchangeAnswered(step)
        case .failure(let error):
            let detail = scrubber.scrub(Array(error.detail.utf8))
            return dialogue.exchangeFailed(
                .signIn(SASLError(error.kind, detail: Transcript.text(detail)), mechanism)
            )
        }
    }
}

extension TLSStream.Binding {
    var forSASL: ChannelBinding {
        switch self {
        case .unique(let bytes): .tlsUnique(bytes)
        case .exporter(let bytes): .tlsExporter(bytes)
        }
    }
}
