import EmailSettings

extension ProfileEdit {
    /// How to register the application, with the values of this form.
    var officeGuide: OfficeGuide {
        OfficeGuide(
            newSecretURL: PagePath.secretNew.url(request.slug) + "?kind=microsoftApplication",
            scope: MailboxScope([:], mailbox: form[.fromAddress]).commands
        )
    }
}
