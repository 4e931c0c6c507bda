import Sockets

/// TLS from the first byte.
extension Run {
    func secure(
        _ socket: Socket,
        _ destination: Destination,
        _ setting: Conversation.Setting,
        _ limit: Deadline
    ) async throws -> Result<TLSStream, Failure> {
        try await recorder.begin(.tls, address: destination.label)
        switch await shakeHands(socket, setting, limit) {
        case .success(let stream):
            try await recorder.finish(stream.report.status, stream.report.facts)
            return .success(stream)
        case .failure(let error):
            if case .plainText(let bytes) = error.kind, !bytes.isEmpty {
                recorder.add(Line(from: .relay, text: Transcript.text(bytes)))
            }
            try await recorder.finish(.failed, error.report?.facts ?? [])
            return .failure(Failure(step: .tls, reason: setting.reason(for: error)))
        }
    }

    func shakeHands(
        _ socket: Socket,
        _ setting: Conversation.Setting,
        _ limit: Deadline
    ) async -> Result<TLSStream, TLSError> {
        do throws(TLSError) {
            return .success(
                try await TLSStream.client(
                    socket,
                    setting.tls,
                    name: setting.settings.host.tlsName,
                    verify: settings.verifyCertificate,
                    pinnedKey: settings.pinnedKey,
                    until: limit
                )
            )
        } catch {
            return .failure(error)
        }
    }
}
