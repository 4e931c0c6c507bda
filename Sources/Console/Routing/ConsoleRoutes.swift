import Accounts
import HTTP

/// The table of contents: every route, who may use it, and what answers.
extension Console {
    typealias Route = RouteTable<Endpoint>.Route

    static var routes: [Route] {
        [
            everybody(.get, .healthy, Console.healthy),
            everybody(.get, .ready, Console.ready),
            everybody(.get, .login, Console.showLogin),
            everybody(.post, .login, Console.signIn),
            everybody(.get, .logout, Console.showSignedOut),

            signedIn(.get, .home, Console.home),
            signedIn(.post, .logout, Console.signOut),
            signedIn(.get, .account, Console.showAccount),
            signedIn(.post, .accountPassword, Console.changePassword),
            signedIn(.post, .accountSessions, Console.signOutEverywhere),
            signedIn(.post, .accountTokens, Console.createToken),
            signedIn(.post, .accountTokenRevoke, Console.revokeToken),
            signedIn(.get, .leave, Console.leave),
            signedIn(.get, .oauthCallback, Console.finishAuthorization),

            tenant(.get, .overview, nil, Console.overview),
            tenant(.get, .search, nil, Console.search),
            tenant(.get, .email, .emailRead, Console.showEmail),
            tenant(.get, .brandingEdit, .emailModify, Console.editBranding),
            tenant(.post, .brandingEdit, .emailModify, Console.submitBranding),
            tenant(.get, .profileNew, .emailModify, Console.newProfile),
            tenant(.post, .profileNew, .emailModify, Console.submitNewProfile),
            tenant(.get, .profileImport, .emailModify, Console.showImport),
            tenant(.post, .profileImport, .emailModify, Console.importProfile),
            tenant(.get, .profile, .emailRead, Console.showProfile),
            tenant(.post, .profile, .emailTest, Console.testSavedProfile),
            tenant(.get, .profileEdit, .emailModify, Console.editProfile),
            tenant(.post, .profileEdit, .emailModify, Console.submitProfile),
            tenant(.get, .profileNewSource, .emailModify, Console.chooseSourceOfNew),
            tenant(.post, .profileNewSource, .emailModify, Console.takeSourceOfNew),
            tenant(.get, .profileSource, .emailModify, Console.chooseSource),
            tenant(.post, .profileSource, .emailModify, Console.takeSource),
            tenant(.post, .profileDuplicate, .emailModify, Console.duplicateProfile),
            tenant(.get, .profileExport, .emailRead, Console.exportProfile),
            tenant(.get, .profileLog, .logsRead, Console.showProfileLog),
            tenant(.get, .profileVersions, .emailRead, Console.listVersions),
            tenant(.get, .profileVersion, .emailRead, Console.showVersion),
            tenant(.post, .profileVersion, .emailModify, Console.restoreVersion),
            tenant(.get, .profileActivate, .emailModify, Console.confirmActivation),
            tenant(.post, .profileActivate, .emailModify, Console.activateProfile),
            tenant(.get, .profileDelete, .emailModify, Console.confirmDeletion),
            tenant(.post, .profileDelete, .emailModify, Console.deleteProfile),
            tenant(.get, .tests, .logsRead, Console.listTests),
            tenant(.get, .test, .logsRead, Console.showTest),
            tenant(.get, .testEvents, .logsRead, Console.streamTest),
            tenant(.get, .testDownload, .logsRead, Console.downloadTest),
            tenant(.post, .testCancel, .emailTest, Console.cancelTest),
            tenant(.get, .deliveries, .logsRead, Console.listDeliveries),
            tenant(.post, .deliveriesTry, .emailSend, Console.tryAllDeliveries),
            tenant(.get, .delivery, .logsRead, Console.showDelivery),
            tenant(.post, .deliveryTry, .emailSend, Console.tryDelivery),
            tenant(.get, .deliveryCancel, .emailSend, Console.confirmDeliveryEnd),
            tenant(.post, .deliveryCancel, .emailSend, Console.cancelDelivery),
            tenant(.get, .certificates, .emailRead, Console.listCertificates),
            tenant(.get, .certificateRequest, .certificatesModify, Console.newRequest),
            tenant(.post, .certificateRequest, .certificatesModify, Console.createRequest),
            tenant(.get, .certificateAdd, .certificatesModify, Console.newCertificate),
            tenant(.post, .certificateAdd, .certificatesModify, Console.addCertificate),
            tenant(.get, .certificateFile, .certificatesModify, Console.newCertificateFile),
            tenant(.post, .certificateFile, .certificatesModify, Console.addCertificateFile),
            tenant(.get, .certificate, .emailRead, Console.showCertificate),
            tenant(.get, .certificateDownload, .emailRead, Console.downloadRequest),
            tenant(.get, .certificateInstall, .certificatesModify, Console.askForCertificate),
            tenant(.post, .certificateInstall, .certificatesModify, Console.installCertificate),
            tenant(.post, .certificateRefresh, .certificatesModify, Console.refreshCertificate),
            tenant(.get, .certificateRename, .certificatesModify, Console.askForName),
            tenant(.post, .certificateRename, .certificatesModify, Console.renameCertificate),
            tenant(.get, .certificateDelete, .certificatesModify, Console.confirmCertificateEnd),
            tenant(.post, .certificateDelete, .certificatesModify, Console.deleteCertificate),
            tenant(.get, .secrets, .secretsRead, Console.listSecrets),
            tenant(.get, .secretNew, .secretsModify, Console.newSecret),
            tenant(.post, .secretNew, .secretsModify, Console.createSecret),
            tenant(.get, .secret, .secretsRead, Console.showSecret),
            tenant(.get, .secretEdit, .secretsModify, Console.editSecret),
            tenant(.post, .secretEdit, .secretsModify, Console.saveSecret),
            tenant(.get, .secretReplace, .secretsModify, Console.askForSecretValue),
            tenant(.post, .secretReplace, .secretsModify, Console.replaceSecret),
            tenant(.get, .secretTest, .secretsModify, Console.showSecret),
            tenant(.post, .secretTest, .secretsModify, Console.testSecret),
            tenant(.get, .secretDelete, .secretsModify, Console.confirmSecretEnd),
            tenant(.post, .secretDelete, .secretsModify, Console.deleteSecret),
            tenant(.get, .providers, .secretsRead, Console.listProviders),
            tenant(.get, .providerNew, .secretsModify, Console.newProvider),
            tenant(.post, .providerNew, .secretsModify, Console.createProvider),
            tenant(.get, .provider, .secretsRead, Console.showProvider),
            tenant(.get, .providerEdit, .secretsModify, Console.editProvider),
            tenant(.post, .providerEdit, .secretsModify, Console.saveProvider),
            tenant(.get, .providerTest, .secretsModify, Console.askForTest),
            tenant(.post, .providerTest, .secretsModify, Console.testProvider),
            tenant(.get, .providerDelete, .secretsModify, Console.confirmProviderEnd),
            tenant(.post, .providerDelete, .secretsModify, Console.deleteProvider),
            tenant(.get, .providerEntryNew, .secretsModify, Console.newEntry),
            tenant(.post, .providerEntryNew, .secretsModify, Console.addEntry),
            tenant(.get, .providerEntry, .secretsModify, Console.editEntry),
            tenant(.post, .providerEntry, .secretsModify, Console.saveEntry),
            tenant(.get, .providerEntryDelete, .secretsModify, Console.confirmEntryEnd),
            tenant(.post, .providerEntryDelete, .secretsModify, Console.deleteEntry),
            tenant(.get, .expirations, .emailRead, Console.listExpirations),
            tenant(.post, .expiryWebhook, .emailModify, Console.changeWebhook),
            tenant(.get, .audit, .auditRead, Console.showAudit),

            support(.get, .supportTests, Console.listAllTests),
            support(.get, .supportTest, Console.showAnyTest),
            support(.get, .supportTestEvents, Console.streamAnyTest),
            support(.get, .supportTestDownload, Console.downloadAnyTest),

            signedIn(.get, .capture, Console.showInbox),
            signedIn(.get, .captured, Console.showCaptured),
            signedIn(.get, .capturedHTML, Console.showCapturedHTML),
            signedIn(.get, .capturedRaw, Console.downloadCaptured),
        ]
    }

    private static func everybody(
        _ method: Method,
        _ path: PagePath,
        _ handler: @escaping Endpoint.Method<PageRequest>
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .everybody(handler)))
    }

    private static func signedIn(
        _ method: Method,
        _ path: PagePath,
        _ handler: @escaping Endpoint.Method<SignedInRequest>
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .signedIn(handler)))
    }

    private static func tenant(
        _ method: Method,
        _ path: PagePath,
        _ permission: Permission?,
        _ handler: @escaping Endpoint.Method<TenantRequest>
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .tenant(permission, handler)))
    }

    private static func support(
        _ method: Method,
        _ path: PagePath,
        _ handler: @escaping Endpoint.Method<SupportRequest>
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .support(handler)))
    }
}
