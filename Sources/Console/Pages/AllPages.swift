package import Templates

/// Every page the product renders, for the check at start and in the tests.
package enum AllPages {
    package static let types: [any TemplatePage.Type] = [
        LoginPage.self,
        SignedOutPage.self,
        ErrorPage.self,
        AccountPage.self,
        HomePage.self,
        OverviewPage.self,
        SearchPage.self,
        BrandingPage.self,
        BrandingEditPage.self,
        ProfileListPage.self,
        ProfilePage.self,
        ProfileEditPage.self,
        AuthorizePage.self,
        AuthorizedPage.self,
        ProfileDeletePage.self,
        ProfileImportPage.self,
        ProfileLogPage.self,
        ProfileVersionsPage.self,
        ProfileVersionPage.self,
        ProfileActivatePage.self,
        CertificateListPage.self,
        CertificatePage.self,
        CertificateFormPage.self,
        TestListPage.self,
        TestRunPage.self,
        StepFragment.self,
        OutcomeFragment.self,
        CaptureInboxPage.self,
        CaptureMessagePage.self,
        AuditPage.self,
        ConfirmPage.self,
        LeavePage.self,
    ]
}
