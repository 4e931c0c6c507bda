import Accounts
import HTTP

/// The table of contents: every route, who may use it, and what answers.
extension Console {
    typealias Route = RouteTable<Endpoint>.Route

    static func routes(_ console: Console) -> [Route] {
        let c = console
        return [
            everybody(.get, .healthy, c.healthy),
            everybody(.get, .ready, c.ready),
            everybody(.get, .login, c.showLogin),
            everybody(.post, .login, c.signIn),
            everybody(.get, .logout, c.showSignedOut),

            signedIn(.get, .home, c.home),
            signedIn(.post, .logout, c.signOut),
            signedIn(.get, .account, c.showAccount),
            signedIn(.post, .accountPassword, c.changePassword),
            signedIn(.post, .accountSessions, c.signOutEverywhere),
            signedIn(.get, .leave, c.leave),

            tenant(.get, .overview, nil, c.overview),
            tenant(.get, .search, nil, c.search),
            tenant(.get, .email, .emailRead, c.showEmail),
            tenant(.get, .brandingEdit, .emailModify, c.editBranding),
            tenant(.post, .brandingEdit, .emailModify, c.submitBranding),
            tenant(.get, .profileNew, .emailModify, c.newProfile),
            tenant(.post, .profileNew, .emailModify, c.submitNewProfile),
            tenant(.get, .profile, .emailRead, c.showProfile),
            tenant(.post, .profile, .emailTest, c.testSavedProfile),
            tenant(.get, .profileEdit, .emailModify, c.editProfile),
            tenant(.post, .profileEdit, .emailModify, c.submitProfile),
            tenant(.get, .profileActivate, .emailModify, c.confirmActivation),
            tenant(.post, .profileActivate, .emailModify, c.activateProfile),
            tenant(.get, .profileDelete, .emailModify, c.confirmDeletion),
            tenant(.post, .profileDelete, .emailModify, c.deleteProfile),
            tenant(.get, .tests, .logsRead, c.listTests),
            tenant(.get, .test, .logsRead, c.showTest),
            tenant(.get, .testEvents, .logsRead, c.streamTest),
            tenant(.get, .testDownload, .logsRead, c.downloadTest),
            tenant(.post, .testCancel, .emailTest, c.cancelTest),
            tenant(.get, .audit, .auditRead, c.showAudit),

            support(.get, .supportTests, c.listAllTests),
            support(.get, .supportTest, c.showAnyTest),
            support(.get, .supportTestEvents, c.streamAnyTest),
            support(.get, .supportTestDownload, c.downloadAnyTest),

            signedIn(.get, .capture, c.showInbox),
            signedIn(.get, .captured, c.showCaptured),
            signedIn(.get, .capturedHTML, c.showCapturedHTML),
            signedIn(.get, .capturedRaw, c.downloadCaptured),
        ]
    }

    private static func everybody(
        _ method: Method, _ path: PagePath,
        _ handler: @escaping @Sendable (PageRequest) async throws -> Response
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .everybody(handler)))
    }

    private static func signedIn(
        _ method: Method, _ path: PagePath,
        _ handler: @escaping @Sendable (SignedInRequest) async throws -> Response
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .signedIn(handler)))
    }

    private static func tenant(
        _ method: Method, _ path: PagePath, _ permission: Permission?,
        _ handler: @escaping @Sendable (TenantRequest) async throws -> Response
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .tenant(permission, handler)))
    }

    private static func support(
        _ method: Method, _ path: PagePath,
        _ handler: @escaping @Sendable (SupportRequest) async throws -> Response
    ) -> Route {
        Route(method, path.rawValue, Endpoint(path: path, handler: .support(handler)))
    }
}
