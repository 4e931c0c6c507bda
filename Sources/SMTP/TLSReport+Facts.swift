import Sockets

extension TLSReport {
    /// What a step shows of a handshake.
    var facts: [Fact] {
        var facts = [Fact("protocol", protocolName), Fact("cipher", cipher)]
        switch name {
        case .host(let name): facts.append(Fact("serverName", name))
        case .address(let address): facts.append(Fact("checkedAddress", address))
        case nil: break
        }
        facts.append(Fact("clientCertificate", clientCertificate.rawValue))
        switch verification {
        case .passed: facts.append(Fact("verification", "passed"))
        case .failed(let refusal):
            facts += [
                Fact("verification", "failed"), Fact("reason", refusal.reason.rawValue),
                Fact("detail", refusal.detail), Fact("depth", .number(refusal.depth)),
            ]
        case .pinned(let refusal):
            facts.append(Fact("verification", "pinned"))
            facts += refusal.map(Self.facts) ?? []
        case .switchedOff(let refusal):
            facts.append(Fact("verification", "switchedOff"))
            facts += refusal.map(Self.facts) ?? []
        }
        facts.append(Fact("chain", .array(chain.map(\.json))))
        return facts
    }

    /// What the check would have said.
    private static func facts(_ refusal: TLSRefusal) -> [Fact] {
        [Fact("reason", refusal.reason.rawValue), Fact("detail", refusal.detail)]
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
            .init("key", .string(key)),
            .init("keySHA256", .string(String(decoding: Base64.encode(keyDigest), as: UTF8.self))),
            .init("signature", .string(signature)),
        ])
    }
}
