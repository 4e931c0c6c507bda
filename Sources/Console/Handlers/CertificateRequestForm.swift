import Cryptography
import EmailSettings
import HTTP
import Secrets

/// The form of a signing request: what was typed, and what it means.
struct CertificateRequestForm {
    /// What a request is made of.
    struct Draft {
        let name: String
        let keyKind: PrivateKeyKind
        let subject: CertificateSubject
        let names: [CertificateName]
    }

    var name = ""
    var keyKind = PrivateKeyKind.rsa2048.rawValue
    /// One a line: host names, addresses, email addresses.
    var alternativeNames = ""
    private var parts: [CertificateSubject.Part: String] = [:]

    static let nameLimit = 50

    init() {}

    init(_ form: FormBody) {
        name = form["name"] ?? ""
        keyKind = form["keyKind"] ?? ""
        alternativeNames = form["alternativeNames"] ?? ""
        for part in CertificateSubject.Part.allCases { parts[part] = form[part.rawValue] ?? "" }
    }

    subscript(_ part: CertificateSubject.Part) -> String { parts[part] ?? "" }

    /// Throws: `FormRejection` with all that is wrong.
    func parse() throws(FormRejection) -> Draft {
        var errors: [FieldError] = []
        if !Self.isName(name) {
            errors.append(
                FieldError("name", "required", "Enter a name of 1 to 64 characters.")
            )
        }
        let kind = PrivateKeyKind(rawValue: keyKind)
        if kind == nil {
            errors.append(FieldError("keyKind", "invalid", "Choose one of the kinds of key."))
        }
        for part in CertificateSubject.Part.allCases
        where !CertificateSubject.isValid(self[part], as: part) {
            errors.append(FieldError(part.rawValue, "invalid", part.advice))
        }
        let names = Self.names(alternativeNames, &errors)
        guard let kind, errors.isEmpty else { throw FormRejection(errors) }
        return Draft(name: name, keyKind: kind, subject: subject, names: names)
    }

    private var subject: CertificateSubject {
        var subject = CertificateSubject(commonName: self[.commonName])
        subject.organization = self[.organization]
        subject.organizationalUnit = self[.organizationalUnit]
        subject.locality = self[.locality]
        subject.state = self[.state]
        subject.country = self[.country].uppercased()
        subject.emailAddress = self[.emailAddress]
        return subject
    }

    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.unicodeScalars.count)
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && name.utf8.contains { $0 != 0x20 }
    }

    private static func names(_ text: String, _ errors: inout [FieldError]) -> [CertificateName] {
        let lines = text.utf8.split { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x2C }
            .map { String(decoding: Array($0), as: UTF8.self) }
        let names = lines.map(CertificateName.init(typed:))
        if names.count > nameLimit {
            let message = "Enter at most \(nameLimit) names."
            errors.append(FieldError("alternativeNames", "tooMany", message))
        } else if let wrong = names.first(where: { !$0.isValid }) {
            let shown = String(decoding: wrong.text.utf8.prefix(100), as: UTF8.self)
            errors.append(
                FieldError(
                    "alternativeNames",
                    "invalid",
                    "“\(shown)” is no host name, address or email address of ASCII characters."
                )
            )
        }
        return names
    }
}

extension CertificateName {
    /// What kind of name was typed.
    fileprivate init(typed text: String) {
        let address = CertificateName.address(text)
        self =
            text.utf8.contains(UInt8(ascii: "@"))
            ? .email(text) : address.isValid ? address : .dns(text)
    }
}

extension CertificateSubject.Part {
    var label: String {
        switch self {
        case .commonName: "Common name (CN)"
        case .organization: "Organization (O)"
        case .organizationalUnit: "Organizational unit (OU)"
        case .locality: "City (L)"
        case .state: "State or province (ST)"
        case .country: "Country (C)"
        case .emailAddress: "Email address in the subject"
        }
    }

    fileprivate var advice: String {
        switch self {
        case .country: "Enter the two letters of the country, such as DE, or nothing."
        case .emailAddress: "Enter one email address of ASCII characters, or nothing."
        case .commonName:
            "Enter a common name of 1 to \(limit) characters, without spaces at its ends."
        default:
            "Enter at most \(limit) characters, without control characters and spaces at the ends."
        }
    }
}
