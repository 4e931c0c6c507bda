import Accounts
import Cryptography
import Glibc

/// Reads a password without showing it.
enum PasswordInput {
    /// From `file`, or asked for at the terminal.
    ///
    /// Throws: `CommandFailure` when it is too short or there is no terminal to ask at.
    static func read(_ file: String?, _ question: String) throws -> SecretBytes {
        let text: String
        if let file {
            text = SmallFile.withoutLineEnd(try SmallFile.read(file, limit: 4096))
        } else {
            guard let typed = unsafe getpass("\(question): ") else {
                throw CommandFailure("There is no terminal to ask for the password at.")
            }
            text = unsafe String(cString: typed)
        }
        guard text.unicodeScalars.count >= OwnAccount.minimumPasswordLength else {
            throw CommandFailure(
                "The password must have \(OwnAccount.minimumPasswordLength) characters or more."
            )
        }
        return SecretBytes(text)
    }
}
