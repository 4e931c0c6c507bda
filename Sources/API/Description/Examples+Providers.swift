import SMTP
import SecretProviders

extension Examples {
    static let providerInput: JSON = [
        "name": "Vault", "kind": "hashiCorpVault", "url": "https://vault.example.com:8200",
        "mount": "secret", "credentials": "0c5f7a52-8a0f-4f0e-9a57-0d1f3a6b7c12", "version": 1,
    ]

    static let provider: JSON = {
        let set: [String: JSON] = [
            "url": "https://vault.example.com:8200", "mount": "secret", "kvVersion": "2",
            "appRoleMount": "approle", "credentials": "0c5f7a52-8a0f-4f0e-9a57-0d1f3a6b7c12",
        ]
        let fields = ProviderFields.all.map { JSON.Member($0.name, set[$0.name] ?? .null) }
        let head: JSON = [
            "id": "6a0b5b0e-51f4-4a6e-8f6d-b6a7f1a3c9d2", "name": "Vault", "kind": "hashiCorpVault",
        ]
        return head.adding(.object(fields)).adding([
            "lastCheck": ["at": "2026-11-21T10:00:00Z", "failure": nil],
            "tokenExpiresAt": "2026-12-21T10:00:00Z",
            "entries": [
                [
                    "id": "a8e2c0d4-7f5f-4b5f-a4b7-3a9f6f0f1b2c", "name": "Relay password",
                    "reference": ["path": "mail/relay", "key": "password"],
                ]
            ],
            "uses": [
                [
                    "profile": "3f1c1e6a-8a5b-4c55-9a53-0e3c0b9f7a11", "name": "Main",
                    "field": "password",
                ]
            ],
            "version": 2, "updatedAt": "2026-11-21T10:00:00Z", "updatedBy": "Otto",
        ])
    }()

    static let check: JSON = [
        "reaches": ["outcome": "ok", "verdict": nil],
        "authenticates": ["outcome": "ok", "verdict": nil],
        "reads": ["outcome": "ok", "verdict": nil],
        "tokenExpiresAt": nil, "facts": ["version": 3], "lines": [],
    ]
}
