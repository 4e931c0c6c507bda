import HTTP
import SMTP

extension OperationDescription {
    static func secret(_ name: OperationName) -> OperationDescription {
        if name == .listSecrets {
            return .init("The secrets, without their values", "All", .object("SecretList"))
        }
        if name == .testSecret {
            var words = OperationDescription(
                "Test a secret: whether it is there, the keys open, and it can be read",
                "Three answers, one after the other",
                .object("ProviderCheck")
            )
            words.input = "SecretTestInput"
            words.inputExample = ["host": "login.microsoftonline.com"]
            words.outputExample = Examples.check
            return words
        }
        if name == .deleteSecret {
            var words = OperationDescription("Delete a secret", "It is gone", nil)
            words.status = .noContent
            words.isVersioned = true
            words.ownProblems = [.conflict]
            return words
        }
        let summaries: [OperationName: String] = [
            .createSecret: "Keep a secret", .showSecret: "A secret, without its value",
            .saveSecret: "Change a secret, or replace its value",
        ]
        var words = OperationDescription(
            summaries[name] ?? "",
            "The secret as it is kept",
            .object("Secret")
        )
        words.headers = ["ETag"]
        words.outputExample = Examples.secret
        guard name != .showSecret else { return words }
        words.input = "SecretInput"
        words.inputExample = Examples.secretInput
        if name == .createSecret {
            words.status = .created
            words.headers.append("Location")
        } else {
            words.isVersioned = true
            words.needsVersion = true
        }
        return words
    }
}

extension Examples {
    static let secretInput: JSON = [
        "name": "Mail through Microsoft 365", "kind": "microsoftApplication", "cloud": "global",
        "tenantID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "clientID": "11111111-2222-3333-4444-555555555555", "expiresOn": "2027-05-31",
        "value": "the client secret's Value", "version": 1,
    ]

    static let secret: JSON = [
        "id": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a12", "name": "Mail through Microsoft 365",
        "description": "", "kind": "microsoftApplication", "cloud": "global",
        "tenantID": "72f988bf-86f1-41af-91ab-2d7cd011db47",
        "clientID": "11111111-2222-3333-4444-555555555555", "username": nil,
        "hosts": ["login.microsoftonline.com"], "expiresOn": "2027-05-31", "version": 2,
        "valueVersion": 1, "createdAt": "2026-11-21T10:00:00Z", "createdBy": "Otto",
        "updatedAt": "2026-11-21T10:00:00Z", "updatedBy": "Otto", "lastUsedAt": nil,
        "uses": [
            [
                "owner": "profile", "id": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11", "name": "Main",
                "field": "applicationSecret",
            ]
        ],
        "advice": nil,
        "versions": [["version": 1, "setAt": "2026-11-21T10:00:00Z", "setBy": "Otto"]],
    ]
}
