import Cryptography
import Observability
import Postgres
import Secrets

/// Settings as a row of length-prefixed fields: what is sealed in a snapshot, and what is
/// fingerprinted.
package enum SettingsCodec {
    private static let format = "sendproof settings 2"
    private static let sourceMark = "@"

    /// The bytes hold the credentials and keys; seal them at once.
    package static func encode(_ settings: EffectiveSettings) -> [UInt8] {
        var writer = FieldWriter()
        writer.append(format)
        writer.append(settings.profileID?.description ?? "")
        writer.append(settings.usesPlatformRelay ? "1" : "0")
        append(settings.draft.form, ProfileField.allCases, to: &writer)
        append(settings.credentials, to: &writer)
        append(settings.certificates, to: &writer)
        settings.application.map { writer.append($0) }
        return writer.bytes
    }

    /// What decides about the result: neither how the profile is called nor what is not used.
    static func encodeForFingerprint(_ settings: EffectiveSettings) -> [UInt8] {
        let unimportant: Set<ProfileField> = [
            .name, .description, .systemLog, .fileLog, .logFileName,
        ]
        let form = settings.draft.form.applied
        var writer = FieldWriter()
        writer.append(format)
        writer.append(settings.usesPlatformRelay ? "1" : "0")
        append(form, ProfileField.allCases.filter { !unimportant.contains($0) }, to: &writer)
        var credentials = ProfileCredentials()
        for field in CredentialField.allCases where field.isUsed(in: form) {
            credentials.take(settings.credentials, field)
        }
        // What a name stands for may change without the profile.
        for (id, version) in settings.secretVersions.sorted(by: { $0.key < $1.key }) {
            writer.append("\(id) \(version)")
        }
        append(credentials, to: &writer)
        for field in CertificateMaterials.fields {
            for der in settings.certificates[field].flatMap(\.ders) {
                writer.append(field.rawValue)
                writer.append(bytes: der)
            }
        }
        return writer.bytes
    }

    private static func append(
        _ form: ProfileForm,
        _ fields: [ProfileField],
        to writer: inout FieldWriter
    ) {
        for field in fields where form[field] != field.initial {
            writer.append(field.rawValue)
            writer.append(form[field])
        }
        writer.append("")
    }

    private static func append(_ credentials: ProfileCredentials, to writer: inout FieldWriter) {
        for field in CredentialField.allCases {
            if let value = credentials[field] {
                writer.append(field.rawValue)
                writer.append(optional: value)
            } else if let source = credentials.source(of: field) {
                writer.append(field.rawValue + sourceMark)
                writer.append(source)
            }
        }
        writer.append("")
    }

    private static func append(_ certificates: CertificateMaterials, to writer: inout FieldWriter) {
        for field in CertificateMaterials.fields {
            for material in certificates[field] {
                writer.append(field.rawValue)
                writer.append(String(material.certificates.count))
                for der in material.ders { writer.append(bytes: der) }
                writer.append(optional: material.privateKey)
            }
        }
        writer.append("")
    }

    /// Reads what `encode` wrote; nil when the bytes are something else.
    package static func decode(_ bytes: [UInt8]) -> EffectiveSettings? {
        // What cannot be read is this function's answer.
        guard let parts = decodeParts(bytes), let draft = try? parts.form.parse() else {
            return nil
        }
        return try? EffectiveSettings(  // Nil is this function's answer.
            draft,
            parts.credentials,
            parts.certificates,
            application: parts.application,
            profileID: parts.profileID,
            usesPlatformRelay: parts.usesPlatformRelay
        )
    }

    /// The same without checking that a message could be sent with it.
    static func decodeParts(_ bytes: [UInt8]) -> SettingsParts? {
        var reader = FieldReader(bytes)
        guard reader.text() == format, let profile = reader.text(), let usesRelay = reader.text(),
            let form = form(&reader), let credentials = credentials(&reader),
            let certificates = certificates(&reader)
        else { return nil }
        return SettingsParts(
            form: form,
            credentials: credentials,
            certificates: certificates,
            application: reader.application(),
            profileID: UUID(profile),
            usesPlatformRelay: usesRelay == "1"
        )
    }

    private static func form(_ reader: inout FieldReader) -> ProfileForm? {
        var form = ProfileForm()
        while true {
            guard let name = reader.text() else { return nil }
            if name.isEmpty { return form }
            guard let field = ProfileField(rawValue: name), let text = reader.text() else {
                return nil
            }
            form[field] = text
        }
    }

    private static func credentials(_ reader: inout FieldReader) -> ProfileCredentials? {
        var credentials = ProfileCredentials()
        while true {
            guard let name = reader.text() else { return nil }
            if name.isEmpty { return credentials }
            if name.hasSuffix(sourceMark) {
                guard
                    let field = CredentialField(rawValue: String(name.dropLast(sourceMark.count))),
                    let source = reader.source()
                else { return nil }
                credentials.set(field, to: source)
            } else {
                guard let field = CredentialField(rawValue: name), let value = reader.optional()
                else { return nil }
                credentials[field] = value.value
            }
        }
    }

    private static func certificates(_ reader: inout FieldReader) -> CertificateMaterials? {
        var certificates = CertificateMaterials()
        while true {
            guard let name = reader.text() else { return nil }
            if name.isEmpty { return certificates }
            guard let field = ProfileField(rawValue: name), let material = material(&reader)
            else { return nil }
            certificates[field].append(material)
        }
    }

    private static func material(_ reader: inout FieldReader) -> OpenedCertificate? {
        guard let count = reader.text().flatMap({ Int($0) }), (1...1000).contains(count) else {
            return nil
        }
        var certificates: [Certificate] = []
        for _ in 0..<count {
            // What cannot be read is the caller's answer.
            guard let der = reader.bytes(), let one = try? Certificate(der: der) else { return nil }
            certificates.append(one)
        }
        guard let key = reader.optional() else { return nil }
        return OpenedCertificate(certificates: certificates, privateKey: key.value)
    }
}

/// What an encoding holds.
struct SettingsParts {
    let form: ProfileForm
    var credentials = ProfileCredentials()
    var certificates = CertificateMaterials()
    var application: MicrosoftApplication?
    var profileID: UUID?
    var usesPlatformRelay = false
}
