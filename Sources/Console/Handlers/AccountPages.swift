import Templates
import Accounts
import Cryptography
import EmailSettings
import HTTP
import Postgres

extension Console {
    func showAccount(_ request: SignedInRequest) async throws -> Response {
        try await accountPage(request, errors: [])
    }

    func changePassword(_ request: SignedInRequest) async throws -> Response {
        let form = request.form
        let new = form["newPassword"] ?? ""
        guard new == form["confirmPassword"] ?? "" else {
            return try await accountPage(
                request,
                errors: [
                    FieldError(
                        "confirmPassword",
                        "differs",
                        "Enter the new password twice, the same."
                    )
                ]
            )
        }
        let change = try await accounts.own.changePassword(
            of: request.visit,
            from: SecretBytes(form["currentPassword"] ?? ""),
            to: SecretBytes(new)
        )
        switch change {
        case .changed:
            return .redirect(to: PagePath.account.url() + "?notice=passwordChanged")
        case .wrongPassword:
            return try await accountPage(
                request,
                errors: [
                    FieldError("currentPassword", "wrong", "Enter the password you have now.")
                ]
            )
        case .tooShort, .tooLong:
            let least = OwnAccount.minimumPasswordLength
            let most = OwnAccount.maximumPasswordLength
            return try await accountPage(
                request,
                errors: [
                    FieldError(
                        "newPassword",
                        "length",
                        "Enter a password of \(least) characters or more, at most \(most) bytes."
                    )
                ]
            )
        }
    }

    func accountPage(
        _ request: SignedInRequest,
        errors: [FieldError],
        tokenForm: TokenForm? = nil,
        made: MadeToken? = nil
    ) async throws -> Response {
        let sessions = try await accounts.own.sessions(of: request.visit)
        let page = AccountPage(
            layout: layout("Your account", request, section: .account, errors: errors),
            sessions: sessions.map { SessionRow($0, current: $0.id == request.visit.sessionID) },
            everywhereURL: PagePath.accountSessions.url(),
            passwordURL: PagePath.accountPassword.url(),
            currentPassword: .make(
                "currentPassword",
                "Current password",
                "",
                type: "password",
                required: true,
                autocomplete: "current-password",
                errors: errors
            ),
            newPassword: .make(
                "newPassword",
                "New password",
                "",
                type: "password",
                hint: "\(OwnAccount.minimumPasswordLength) characters or more; spaces are welcome.",
                required: true,
                autocomplete: "new-password",
                errors: errors
            ),
            confirmPassword: .make(
                "confirmPassword",
                "New password once more",
                "",
                type: "password",
                required: true,
                autocomplete: "new-password",
                errors: errors
            ),
            apiTokens: try await tokensPanel(request.visit, tokenForm, made, errors)
        )
        return .html(
            try templates.render(page),
            status: errors.isEmpty ? .ok : .unprocessableContent
        )
    }
}

extension SessionRow {
    init(_ session: SessionSummary, current: Bool) {
        self.init(
            device: Browser.name(session.userAgent),
            address: session.address,
            started: DisplayTime(session.createdAt),
            seen: DisplayTime(session.lastSeenAt),
            current: current,
            endURL: nil
        )
    }
}

/// A browser's name for people, from what it says of itself.
enum Browser {
    static func name(_ userAgent: String) -> String {
        let products = [
            ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
            ("Safari/", "Safari"), ("curl/", "curl"), ("python", "Python"),
        ]
        let systems = [
            ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"),
            ("Mac OS", "macOS"), ("Linux", "Linux"),
        ]
        let product = products.first { userAgent.contains($0.0) }?.1 ?? "Another program"
        guard let system = systems.first(where: { userAgent.contains($0.0) })?.1 else {
            return product
        }
        return "\(product) on \(system)"
    }
}
