import Observability

/// What is wrong with a piece of mail that a person entered.
package indirect enum MailError: ExplainedError, Equatable {
    case address(AddressFault)
    case displayName(DisplayNameFault)
    case hostName(HostNameFault)
    case header(HeaderFault)
    /// An entry of a list, counted from 1.
    case entry(Int, MailError)
    case options(MessageOptions.Field, MessageOptionsFault)

    package var code: String {
        switch self {
        case .address(.domain(let fault)): "mail.address.domain.\(fault)"
        case .address(let fault): "mail.address.\(fault)"
        case .displayName(let fault): "mail.displayName.\(fault)"
        case .hostName(let fault): "mail.hostName.\(fault)"
        case .header(let fault): "mail.header.\(fault)"
        case .entry(_, let error): error.code
        case .options(let field, let fault): "mail.\(field.rawValue).\(fault)"
        }
    }

    package var userText: String {
        switch self {
        case .address(let fault): fault.sentence
        case .displayName(let fault): fault.sentence
        case .hostName(let fault): fault.sentence
        case .header(let fault): fault.sentence
        case .entry(let number, let error): "Entry \(number): \(error.userText)"
        case .options(let field, let fault): fault.sentence(for: field)
        }
    }

    package var operatorText: String { "\(code): \(userText)" }
}

/// Why a text is not an email address.
package enum AddressFault: Error, Equatable {
    case empty, tooLongToRead, tooLong, localPartTooLong, noAt, severalAt
    case noLocalPart, noDomain, withName, several, space, control, dots, character
    case quotes, addressLiteral, bareNumbers
    case domain(HostNameFault)

    var sentence: String {
        switch self {
        case .empty: "Enter an email address, like name@example.com."
        case .tooLongToRead:
            "Shorten the address to at most 512 characters; SMTP carries at most 254."
        case .tooLong: "Use a shorter address: SMTP carries at most 254 characters."
        case .localPartTooLong:
            "Use a shorter name before the @: SMTP carries at most 64 bytes there."
        case .noAt: "Enter an email address with an @, like name@example.com."
        case .severalAt: "Enter one email address with one @, like name@example.com."
        case .noLocalPart: "Enter the name before the @, like name@example.com."
        case .noDomain: "Enter the domain after the @, like name@example.com."
        case .withName: "Enter only the address, without a name and without < and >."
        case .several: "Enter one email address only, without commas and semicolons."
        case .space: "Remove the spaces from the email address."
        case .control: "Remove the line breaks and invisible characters from the email address."
        case .dots:
            "Remove the dot at the start or end of the name before the @, or the second of two."
        case .character: "Remove the special characters from the name before the @."
        case .quotes: "Close the quotation marks of the name before the @, or remove them."
        case .addressLiteral:
            "Write the IP address after the @ like [192.0.2.1] or [IPv6:2001:db8::1]."
        case .bareNumbers: "Put the IP address after the @ in brackets, like name@[192.0.2.1]."
        case .domain(let fault): "After the @: \(fault.sentence)"
        }
    }
}

/// Why a text is not a display name.
package enum DisplayNameFault: Error, Equatable {
    case empty, tooLong, control

    var sentence: String {
        switch self {
        case .empty: "Enter a name, like No Reply."
        case .tooLong: "Shorten the name to at most \(DisplayName.longest) characters."
        case .control: "Remove the line breaks and invisible characters from the name."
        }
    }
}

/// Why a text is not a DNS host name.
package enum HostNameFault: Error, Equatable {
    case empty, tooLong, labelTooLong, emptyLabel, hyphen, character

    var sentence: String {
        switch self {
        case .empty: "Enter a host name, like mail.example.com."
        case .tooLong: "Shorten the host name: DNS carries at most 253 characters."
        case .labelTooLong:
            "Shorten the host name: each part between dots has at most 63 characters."
        case .emptyLabel:
            "Remove the dot at the start or end of the host name, or the second of two."
        case .hyphen: "Remove the hyphen at the start or end of a part of the host name."
        case .character: "Use only letters, digits, hyphens and dots in the host name."
        }
    }
}

/// Why a text cannot be part of a header field.
package enum HeaderFault: Error, Equatable {
    case name, control, tooLong, messageID, empty
    /// Sendproof writes the field itself.
    case setting
    /// Mail servers write it, or obey it.
    case transport

    var sentence: String {
        switch self {
        case .name: "Use only letters, digits and hyphens in the name of a header field."
        case .control: "Remove the line breaks and invisible characters from the header field."
        case .tooLong:
            "Shorten the text of the header field to at most \(HeaderText.longest) characters."
        case .messageID: "Use only letters, digits, hyphens and dots in a message ID."
        case .empty: "Enter the value of the header field, or remove the field."
        case .setting:
            "Remove this header field: Sendproof writes it itself. Use the setting made for it."
        case .transport:
            "Remove this header field: it belongs to mail servers, which write it or obey it."
        }
    }
}
