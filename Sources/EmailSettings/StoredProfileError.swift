import Observability

/// Why settings that lie in the database cannot be used.
package enum StoredProfileError: ExplainedError, Equatable {
    case damaged

    package var code: String { "profile.damaged" }
    package var userText: String {
        "The stored settings cannot be read. Ask the operator of this installation."
    }
    package var operatorText: String { "stored profile settings are not the JSON this version has" }
}
