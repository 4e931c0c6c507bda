/// Who a certificate is to be issued for (X.520): what a request asks for.
package struct CertificateSubject: Sendable, Equatable {
    /// 1 to 64 characters.
    package var commonName: String
    package var organization = ""
    package var organizationalUnit = ""
    package var locality = ""
    package var state = ""
    /// Two letters (ISO 3166).
    package var country = ""
    package var emailAddress = ""

    package init(commonName: String) {
        self.commonName = commonName
    }

    /// A part of the name, as pages and errors name it.
    package enum Part: String, Sendable, CaseIterable {
        case country, state, locality, organization, organizationalUnit, commonName, emailAddress

        /// The most characters (RFC 5280, appendix A.1).
        package var limit: Int {
            switch self {
            case .country: 2
            case .state, .locality: 128
            case .organization, .organizationalUnit, .commonName: 64
            case .emailAddress: 254
            }
        }

        /// The short name of the attribute.
        var attribute: String {
            switch self {
            case .country: "C"
            case .state: "ST"
            case .locality: "L"
            case .organization: "O"
            case .organizationalUnit: "OU"
            case .commonName: "CN"
            case .emailAddress: "emailAddress"
            }
        }
    }

    package subscript(_ part: Part) -> String {
        switch part {
        case .country: country
        case .state: state
        case .locality: locality
        case .organization: organization
        case .organizationalUnit: organizationalUnit
        case .commonName: commonName
        case .emailAddress: emailAddress
        }
    }

    /// Whether `text` can stand in the name as this part; an optional part may be empty.
    package static func isValid(_ text: String, as part: Part) -> Bool {
        if text.isEmpty { return part != .commonName }
        let bytes = Array(text.utf8)
        guard text.unicodeScalars.count <= part.limit,
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            bytes.first != 0x20, bytes.last != 0x20
        else { return false }
        switch part {
        case .country:
            return bytes.count == 2
                && bytes.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        case .emailAddress:
            return CertificateName.email(text).isValid
        default: return true
        }
    }
}

extension CertificateName {
    /// Whether the name can stand in a certificate.
    package var isValid: Bool {
        // What is wrong with it is not asked here.
        (try? configuration) != nil
    }
}
