import Templates

/// A line of the log.
struct TestRow: TemplateModel {
    var url: String
    var at: DisplayTime
    var kind: String
    var subject: String
    var to: String?
    var who: String
    var outcome: StateBadge
    var code: String?
    var duration: String
    var place: String

    static let fields: [Field] = [
        Field("url", \.url),
        Field("at", \.at),
        Field("kind", \.kind),
        Field("subject", \.subject),
        Field("to", \.to),
        Field("who", \.who),
        Field("outcome", \.outcome),
        Field("code", \.code),
        Field("duration", \.duration),
        Field("place", \.place),
    ]
}

/// What the template `None` shows.
struct FactRow: TemplateModel {
    var term: String
    var detail: String

    static let fields: [Field] = [
        Field("term", \.term),
        Field("detail", \.detail),
    ]
}

/// The relay's own words.
struct RelayReply: TemplateModel {
    var code: String
    var text: String

    static let fields: [Field] = [
        Field("code", \.code),
        Field("text", \.text),
    ]
}

/// Why and what now.
struct VerdictCard: TemplateModel {
    var cause: String
    var reason: String?
    var advice: String
    var fieldLink: PageLink?
    var whoIcon: String
    var whoLabel: String
    var reply: RelayReply?
    var code: String
    var command: String?

    static let fields: [Field] = [
        Field("cause", \.cause),
        Field("reason", \.reason),
        Field("advice", \.advice),
        Field("fieldLink", \.fieldLink),
        Field("whoIcon", \.whoIcon),
        Field("whoLabel", \.whoLabel),
        Field("reply", \.reply),
        Field("code", \.code),
        Field("command", \.command),
    ]
}

/// How one step with one address went, as a small mark.
struct StepMark: TemplateModel {
    var tone: String
    var words: String

    static let fields: [Field] = [
        Field("tone", \.tone),
        Field("words", \.words),
    ]
}

/// How one address of the host fared.
struct AddressRow: TemplateModel {
    var address: String
    var badge: StateBadge
    var step: String
    var marks: [StepMark]
    var words: String

    static let fields: [Field] = [
        Field("address", \.address),
        Field("badge", \.badge),
        Field("step", \.step),
        Field("marks", \.marks),
        Field("words", \.words),
    ]
}

/// Region that the `outcome` event replaces.
struct OutcomePanel: TemplateModel {
    var badge: StateBadge
    var headline: String
    var sentence: String
    var documentTitle: String
    var verdict: VerdictCard?
    var hasAddresses: Bool = false
    var addresses: [AddressRow] = []
    var addressesNote: String = ""
    /// When it is tried again.
    var next: DisplayTime?
    var cancelURL: String?
    var again: PageLink?
    /// To the page that asks before it cancels.
    var cancel: PageLink?
    var back: PageLink?
    var downloadURL: String?
    var plainText: String?

    /// Whether anything can be done.
    var hasFoot: Bool {
        again != nil || cancel != nil || back != nil || downloadURL != nil || plainText != nil
    }

    static let fields: [Field] = [
        Field("badge", \.badge),
        Field("headline", \.headline),
        Field("sentence", \.sentence),
        Field("documentTitle", \.documentTitle),
        Field("verdict", \.verdict),
        Field("hasAddresses", \.hasAddresses),
        Field("addresses", \.addresses),
        Field("addressesNote", \.addressesNote),
        Field("next", \.next),
        Field("cancelURL", \.cancelURL),
        Field("again", \.again),
        Field("cancel", \.cancel),
        Field("back", \.back),
        Field("downloadURL", \.downloadURL),
        Field("plainText", \.plainText),
        Field("hasFoot", \.hasFoot),
    ]
}

/// One line of the dialogue.
struct DialogueLine: TemplateModel {
    var fromRelay: Bool = false
    var text: String

    static let fields: [Field] = [
        Field("fromRelay", \.fromRelay),
        Field("text", \.text),
    ]
}

/// One step; `<li id=step-{number}>`.
struct StepItem: TemplateModel {
    var number: String
    var title: String
    var badge: StateBadge
    var remark: String?
    var duration: String?
    var startMilliseconds: String
    var lengthMilliseconds: String
    var barStart: String
    var barWidth: String
    var opened: Bool = false
    var facts: [FactRow] = []
    var lines: [DialogueLine] = []
    var hasFacts: Bool = false
    var hasLines: Bool = false
    var hasDetails: Bool = false

    static let fields: [Field] = [
        Field("number", \.number),
        Field("title", \.title),
        Field("badge", \.badge),
        Field("remark", \.remark),
        Field("duration", \.duration),
        Field("startMilliseconds", \.startMilliseconds),
        Field("lengthMilliseconds", \.lengthMilliseconds),
        Field("barStart", \.barStart),
        Field("barWidth", \.barWidth),
        Field("opened", \.opened),
        Field("facts", \.facts),
        Field("lines", \.lines),
        Field("hasFacts", \.hasFacts),
        Field("hasLines", \.hasLines),
        Field("hasDetails", \.hasDetails),
    ]
}
