import SMTP
package import EmailSettings
package import Mail

/// What somebody wants tested: the settings as they are on the form now, saved or not.
package struct TestRequest: Sendable {
    package let kind: TestKind
    package let settings: EffectiveSettings
    /// Who gets the message; for a connection test nobody.
    package let recipient: Address?

    /// Asked for by a button, which may be pressed twice and means one test.
    package let isPressed: Bool

    package init(
        kind: TestKind,
        settings: EffectiveSettings,
        recipient: Address?,
        isPressed: Bool = false
    ) {
        self.kind = kind
        self.isPressed = isPressed
        self.settings = settings
        self.recipient = kind == .send ? recipient : nil
    }
}
