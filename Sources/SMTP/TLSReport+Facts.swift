import Sockets

extension TLSReport {
    /// What a step shows of a handshake.
    var facts: [Fact] {
        var facts = [Fact("protocol", protocolName), Fact("cipher", cipher)]
        switch verification {
        case .passed: facts.append(Fact("verification", "passed"))
        case .failed(let refusal):
            facts += [
                Fact("verification", "failed"), Fact("reason", refusal.reason.rawValue),
                Fact("detail", refusal.detail), Fact("depth", .number(refusal.depth)),
            ]
        case .switchedOff(let refusal):
            facts.append(Fact("verification", "switchedOff"))
            if let refusal {
                facts += [
                    Fact("reason", refusal.reason.rawValue), Fact("detail", refusal.detail),
                ]
            }
        }
        facts.append(Fact("chain", .array(chain.map(\.json))))
        return facts
    }

    /// A check that was switched off is worth a warning.
    var status: StepStatus {
        if case .switchedOff = verification { return .warning }
        return .ok
    }
}

extension TLSCertificate {
    var json: JSON {
        .object([
            .init("subject", .string(Transcript.text(subject.utf8))),
            .init("issuer", .string(Transcript.text(issuer.utf8))),
            .init("names", .array(names.map { .string(Transcript.text($0.utf8)) })),
            .init("notBefore", .string(TraceTime(unixMilliseconds: notBefore * 1000).text)),
            .init("notAfter", .string(TraceTime(unixMilliseconds: notAfter * 1000).text)),
            .init("sha256", .string(fingerprint)),
        ])
    }
}
