extension Trace {
    /// The product's JSON, in the order of its description.
    package var json: JSON {
        .object([
            .init("kind", .string(kind.rawValue)),
            .init("outcome", .string(outcome.rawValue)),
            .init("startedAt", .string(startedAt.text)),
            .init("durationMilliseconds", .number(durationMilliseconds)),
            .init("messageID", .optional(messageID)),
            .init("queueID", .optional(queueID)),
            .init("verdict", verdict.json),
            .init("addresses", .array(addresses.map(\.json))),
            .init("steps", .array(steps.map(\.json))),
        ])
    }

    /// Reads what `json` writes.
    ///
    /// Throws: `JSONError` when a member is missing or unknown.
    package init(jsonBytes bytes: [UInt8]) throws(JSONError) {
        let json = try JSONParser.parse(bytes)
        guard let kind = json["kind"]?.text.flatMap(TraceKind.init(rawValue:)),
            let outcome = json["outcome"]?.text.flatMap(TraceOutcome.init(rawValue:)),
            let startedAt = json["startedAt"]?.text.flatMap(TraceTime.init(text:)),
            let duration = json["durationMilliseconds"]?.number,
            let verdict = json["verdict"],
            let addresses = json["addresses"]?.elements,
            let steps = json["steps"]?.elements
        else { throw JSONError(reason: "no trace") }
        self.init(
            kind: kind,
            outcome: outcome,
            startedAt: startedAt,
            durationMilliseconds: duration,
            messageID: json["messageID"]?.text,
            queueID: json["queueID"]?.text,
            verdict: try Verdict(json: verdict),
            addresses: try addresses.map { element throws(JSONError) in
                try AddressResult(json: element)
            },
            steps: try steps.map { element throws(JSONError) in try Step(json: element) }
        )
    }
}

extension Trace.Step {
    /// The form of a step in the product's JSON.
    package var json: JSON {
        .object([
            .init("name", .string(name.rawValue)),
            .init("address", .optional(address)),
            .init("status", .string(status.rawValue)),
            .init("offsetMilliseconds", .number(offsetMilliseconds)),
            .init("durationMilliseconds", .number(durationMilliseconds)),
            .init("facts", .object(facts.map { JSON.Member($0.name, $0.value) })),
            .init(
                "lines",
                .array(
                    lines.map {
                        .object([
                            .init("from", .string($0.from.rawValue)),
                            .init("text", .string($0.text)),
                        ])
                    }
                )
            ),
        ])
    }

    /// Reads the bytes of `json`, as a store keeps them.
    ///
    /// Throws: `JSONError` when a member is missing or unknown.
    package init(jsonBytes bytes: [UInt8]) throws(JSONError) {
        try self.init(json: JSONParser.parse(bytes))
    }

    init(json: JSON) throws(JSONError) {
        guard let name = json["name"]?.text.flatMap(StepName.init(rawValue:)),
            let status = json["status"]?.text.flatMap(StepStatus.init(rawValue:)),
            let offset = json["offsetMilliseconds"]?.number,
            let duration = json["durationMilliseconds"]?.number,
            let facts = json["facts"]?.members,
            let lines = json["lines"]?.elements
        else { throw JSONError(reason: "no step") }
        self.init(
            name: name,
            address: json["address"]?.text,
            status: status,
            offsetMilliseconds: offset,
            durationMilliseconds: duration,
            facts: facts.map { Fact($0.name, $0.value) },
            lines: lines.compactMap { line in
                guard let speaker = line["from"]?.text.flatMap(Line.Speaker.init(rawValue:)),
                    let text = line["text"]?.text
                else { return nil }
                return Line(from: speaker, text: text)
            }
        )
    }
}

extension AddressResult {
    package var json: JSON {
        .object([
            .init("address", .string(address)),
            .init("outcome", .string(outcome.rawValue)),
            .init("step", .optional(step?.rawValue)),
            .init("cause", .optional(cause)),
        ])
    }

    init(json: JSON) throws(JSONError) {
        guard let address = json["address"]?.text,
            let outcome = json["outcome"]?.text.flatMap(Outcome.init(rawValue:))
        else { throw JSONError(reason: "no address") }
        self.init(
            address: address,
            outcome: outcome,
            step: json["step"]?.text.flatMap(StepName.init(rawValue:)),
            cause: json["cause"]?.text
        )
    }
}
