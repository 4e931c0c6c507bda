/// The labels of the form's fields, by their names.
enum FieldLabels {
    /// In the order of the form.
    static let profile = [
        ("name", "Name"), ("description", "Description"),
        ("fromAddress", "From email address"), ("fromName", "From email name"),
        ("host", "Host"), ("port", "Port"), ("tls", "Encryption"),
        ("verifyCertificate", "Verify the server's certificate"),
        ("timeoutSeconds", "Timeout in seconds"), ("heloName", "EHLO name"),
        ("authentication", "Authentication method"),
        ("allowPlaintextAuthentication", "Allow the password over an unencrypted connection"),
    ]

    private static let others = [
        "username": "Username", "password": "Password", "recipient": "Send the test to",
    ]

    /// The label of a field of the form; nil for one that is not on it.
    static func label(_ field: String) -> String? {
        profile.first { $0.0 == field }?.1 ?? others[field]
    }
}
