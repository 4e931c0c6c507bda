/// Who can remove the cause of a failure.
package enum WhoCanFix: String, CaseIterable, Sendable {
    case administrator, mailAdministrator, network, entraAdministrator, vaultAdministrator
    case recipient
}

/// The end of a run in plain words.
package struct Verdict: Sendable, Equatable {
    package let code: VerdictCode
    /// Where it failed; nil after success.
    package let step: StepName?
    /// The setting to change, by its field name; nil for none.
    package let field: String?
    /// What happened and why that is likely.
    package let cause: String
    /// What to do; empty after success.
    package let advice: String
    package let whoCanFix: WhoCanFix?
    /// Whether the same may succeed later without a change.
    package let temporary: Bool
    package let reply: RelayReply?

    package init(
        code: VerdictCode,
        step: StepName?,
        field: String?,
        cause: String,
        advice: String,
        whoCanFix: WhoCanFix?,
        temporary: Bool,
        reply: RelayReply?
    ) {
        self.code = code
        self.step = step
        self.field = field
        self.cause = cause
        self.advice = advice
        self.whoCanFix = whoCanFix
        self.temporary = temporary
        self.reply = reply
    }

    /// The relay's own words.
    package struct RelayReply: Sendable, Equatable {
        package let code: Int
        /// `5.7.8`; nil when the relay gave none.
        package let enhanced: String?
        package let text: String

        package init(code: Int, enhanced: String?, text: String) {
            self.code = code
            self.enhanced = enhanced
            self.text = text
        }
    }
}

extension Verdict {
    /// The same with one more sentence of advice.
    func adding(_ notice: String) -> Verdict {
        Verdict(
            code: code,
            step: step,
            field: field,
            cause: cause,
            advice: advice + " " + notice,
            whoCanFix: whoCanFix,
            temporary: temporary,
            reply: reply
        )
    }

    /// The form of the product's JSON.
    package var json: JSON {
        .object([
            .init("code", .string(code.rawValue)),
            .init("step", .optional(step?.rawValue)),
            .init("field", .optional(field)),
            .init("cause", .string(cause)),
            .init("advice", .string(advice)),
            .init("whoCanFix", .optional(whoCanFix?.rawValue)),
            .init("temporary", .bool(temporary)),
            .init("reply", reply?.json ?? .null),
        ])
    }

    /// Throws: `JSONError` when a member is missing or unknown.
    package init(json: JSON) throws(JSONError) {
        guard let code = json["code"]?.text.flatMap(VerdictCode.init(rawValue:)),
            let cause = json["cause"]?.text, let advice = json["advice"]?.text,
            let temporary = json["temporary"]?.flag
        else { throw JSONError(reason: "no verdict") }
        self.init(
            code: code,
            step: json["step"]?.text.flatMap(StepName.init(rawValue:)),
            field: json["field"]?.text,
            cause: cause,
            advice: advice,
            whoCanFix: json["whoCanFix"]?.text.flatMap(WhoCanFix.init(rawValue:)),
            temporary: temporary,
            reply: json["reply"].flatMap(RelayReply.init(json:))
        )
    }
}

extension Verdict.RelayReply {
    var json: JSON {
        .object([
            .init("code", .number(code)),
            .init("enhanced", .optional(enhanced)),
            .init("text", .string(text)),
        ])
    }

    init?(json: JSON) {
        guard let code = json["code"]?.number, let text = json["text"]?.text else { return nil }
        self.init(code: code, enhanced: json["enhanced"]?.text, text: text)
    }
}
