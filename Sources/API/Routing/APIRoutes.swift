import Accounts
import HTTP

/// The table of contents: every route, who may use it, and what answers.
extension API {
    typealias Route = RouteTable<Operation>.Route

    static var routes: [Route] {
        [
            everybody(.get, .openAPI, .describe, API.describe),

            token(.get, .links, .showLinks, API.showLinks),
            token(.get, .tenants, .listTenants, API.listTenants),

            tenant(.get, .tenant, nil, .showTenant, API.showTenant),
            tenant(.get, .branding, .emailRead, .showBranding, API.showBranding),
            tenant(.put, .branding, .emailModify, .saveBranding, API.saveBranding),
            tenant(.get, .profiles, .emailRead, .listProfiles, API.listProfiles),
            tenant(.post, .profiles, .emailModify, .createProfile, API.createProfile),
            tenant(.get, .profile, .emailRead, .showProfile, API.showProfile),
            tenant(.put, .profile, .emailModify, .saveProfile, API.saveProfile),
            tenant(.delete, .profile, .emailModify, .deleteProfile, API.deleteProfile),
            tenant(.post, .activation, .emailModify, .activateProfile, API.activateProfile),
            tenant(.post, .duplicate, .emailModify, .duplicateProfile, API.duplicateProfile),
            tenant(.get, .export, .emailRead, .exportProfile, API.exportProfile),
            tenant(.get, .versions, .emailRead, .listVersions, API.listVersions),
            tenant(.get, .version, .emailRead, .showVersion, API.showVersion),
            tenant(.post, .tests, .emailTest, .startTest, API.startTest),
            tenant(.get, .tests, .logsRead, .listTests, API.listTests),
            tenant(.get, .test, .logsRead, .showTest, API.showTest),
            tenant(.get, .testEvents, .logsRead, .streamTest, API.streamTest),
            tenant(.post, .testCancel, .emailTest, .cancelTest, API.cancelTest),
            tenant(.post, .messages, .emailSend, .sendMessage, API.sendMessage),
            tenant(.get, .messages, .logsRead, .listMessages, API.listMessages),
            tenant(.post, .messagesRetry, .emailSend, .retryMessages, API.retryMessages),
            tenant(.get, .message, .logsRead, .showMessage, API.showMessage),
            tenant(.post, .messageRetry, .emailSend, .retryMessage, API.retryMessage),
            tenant(.post, .messageCancel, .emailSend, .cancelMessage, API.cancelMessage),
            tenant(.get, .certificates, .emailRead, .listCertificates, API.listCertificates),
            tenant(.post, .certificates, .certificatesModify, .addCertificate, API.addCertificate),
            tenant(.get, .certificate, .emailRead, .showCertificate, API.showCertificate),
            tenant(
                .delete,
                .certificate,
                .certificatesModify,
                .deleteCertificate,
                API.deleteCertificate
            ),
            tenant(.get, .secrets, .secretsRead, .listSecrets, API.listSecrets),
            tenant(.post, .secrets, .secretsModify, .createSecret, API.createSecret),
            tenant(.get, .secret, .secretsRead, .showSecret, API.showSecret),
            tenant(.put, .secret, .secretsModify, .saveSecret, API.saveSecret),
            tenant(.delete, .secret, .secretsModify, .deleteSecret, API.deleteSecret),
            tenant(.post, .secretTest, .secretsModify, .testSecret, API.testSecret),
            tenant(.get, .providers, .secretsRead, .listProviders, API.listProviders),
            tenant(.post, .providers, .secretsModify, .createProvider, API.createProvider),
            tenant(.get, .provider, .secretsRead, .showProvider, API.showProvider),
            tenant(.put, .provider, .secretsModify, .saveProvider, API.saveProvider),
            tenant(.delete, .provider, .secretsModify, .deleteProvider, API.deleteProvider),
            tenant(.post, .providerTest, .secretsModify, .testProvider, API.testProvider),
            tenant(.post, .providerKeys, .secretsModify, .listKeys, API.listKeys),
            tenant(.post, .providerEntries, .secretsModify, .addEntry, API.addEntry),
            tenant(.put, .providerEntry, .secretsModify, .saveEntry, API.saveEntry),
            tenant(.delete, .providerEntry, .secretsModify, .deleteEntry, API.deleteEntry),
            tenant(.get, .expirations, .emailRead, .listExpirations, API.listExpirations),
            tenant(.get, .audit, .auditRead, .listAudit, API.listAudit),
        ]
    }

    private static func everybody(
        _ method: Method,
        _ path: APIPath,
        _ name: OperationName,
        _ handler: @escaping Operation.Method<Call>
    ) -> Route {
        route(method, path, name, .everybody(handler))
    }

    private static func token(
        _ method: Method,
        _ path: APIPath,
        _ name: OperationName,
        _ handler: @escaping Operation.Method<TokenCall>
    ) -> Route {
        route(method, path, name, .token(handler))
    }

    private static func tenant(
        _ method: Method,
        _ path: APIPath,
        _ permission: Permission?,
        _ name: OperationName,
        _ handler: @escaping Operation.Method<TenantCall>
    ) -> Route {
        route(method, path, name, .tenant(permission, handler))
    }

    private static func route(
        _ method: Method,
        _ path: APIPath,
        _ name: OperationName,
        _ handler: Operation.Handler
    ) -> Route {
        Route(method, path.rawValue, Operation(name: name, path: path, handler: handler))
    }
}
