import EmailSettings

extension ProfileEdit {
    /// How to register the application, with the values of this form.
    var officeGuide: OfficeGuide {
        let address = form[.fromAddress]
        let isPlain = address.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && !"'\"`$;()".utf8.contains($0)
        }
        let mailbox = address.isEmpty || !isPlain ? "MAILBOX@EXAMPLE.COM" : address
        let url = PagePath.secretNew.url(request.slug) + "?kind=microsoftApplication"
        return OfficeGuide(
            mailbox: address.isEmpty ? "the From address" : address,
            script: Self.script(mailbox),
            newSecretURL: url
        )
    }

    /// RBAC for Applications, which took the place of application access policies.
    private static func script(_ mailbox: String) -> String {
        """
        Connect-ExchangeOnline
        New-ServicePrincipal -AppId CLIENT-ID -ObjectId OBJECT-ID-OF-THE-ENTERPRISE-APPLICATION \
            -DisplayName 'Sendproof'
        New-ManagementScope -Name 'Sendproof senders' \
            -RecipientRestrictionFilter "PrimarySmtpAddress -eq '\(mailbox)'"
        New-ManagementRoleAssignment -App CLIENT-ID -Role 'Application Mail.Send' \
            -CustomResourceScope 'Sendproof senders'
        Test-ServicePrincipalAuthorization -Identity CLIENT-ID -Resource '\(mailbox)'
        """
    }
}
