import HTTP
import Observability

/// Why a request cannot be answered with the page it asked for.
enum PageError: ExplainedError {
    case methodNotAllowed([Method])
    case formExpired
    case crossSite
    case noDemo
    case unknownButton

    var code: String {
        switch self {
        case .methodNotAllowed: "console.methodNotAllowed"
        case .formExpired: "console.formExpired"
        case .crossSite: "console.crossSite"
        case .noDemo: "console.noDemo"
        case .unknownButton: "console.unknownButton"
        }
    }

    var userText: String {
        switch self {
        case .methodNotAllowed: "This page cannot be used in this way."
        case .formExpired:
            "The form is no longer valid, because the session it was made in has changed. "
                + "Go back, reload the page, and send it again."
        case .crossSite:
            "The request came from another website. Open the page here and send the form again."
        case .noDemo: "There is no such page, or it is not yours to see."
        case .unknownButton: "The form names a button that it does not have."
        }
    }

    var operatorText: String { code }
}
