import Secrets

/// What is wrong with the master keys, in words for who started the process.
enum KeyTrouble {
    static func text(_ error: SecretsError, file: String) -> String {
        switch error {
        case .missingMasterKey(let id, let uses):
            "The master key \(id) is not in \(file), and something needs it"
                + (uses.isEmpty ? "" : " (\(uses.words))")
                + ". Put its line back from the copy of the file. Nothing was changed."
        case .wrongMasterKey(let id):
            "\(file) has another key under the name \(id) than the one that sealed what is in the "
                + "database. Put the right file back, or name the right database. "
                + "Nothing was changed."
        case .retiredMasterKey(let id):
            "The master key \(id), the first in \(file), was retired. Make another one the first "
                + "with `sendproof keys activate`. Nothing was changed."
        case .destinationChanged:
            "The secrets of the platform's relay cannot be opened: \(file) has other keys than "
                + "those that sealed them, or the row was changed by hand. Put the right file back, "
                + "or set the relay again with `sendproof relay`. Nothing was changed."
        default: "\(error.userText) (\(error.operatorText))"
        }
    }
}
