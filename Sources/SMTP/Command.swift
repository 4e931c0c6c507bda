import Mail
import Observability

/// What we say to the relay.
enum Command: Sendable {
    case ehlo(HeloName)
    case helo(HeloName)
    case startTLS
    /// RFC 4954, section 4; the response is already base64.
    case auth(mechanism: String, initialResponse: Redacted<[UInt8]>?)
    /// The answer to a 334, already base64.
    case response(Redacted<[UInt8]>)
    /// Ends an exchange that cannot go on.
    case cancelAuthentication
    case mail(Address?, parameters: [MailParameter])
    case recipient(Address, parameters: [RecipientParameter])
    case data
    /// Drops the message begun and nothing else; asked to see whether somebody listens.
    case reset
    case quit

    enum MailParameter: Sendable {
        /// In bytes (RFC 1870).
        case size(Int)
        case eightBit, utf8
        /// RFC 8689.
        case requireTLS
        /// RFC 3461.
        case returned(DeliveryStatus.Extent), envelopeID(String)

        var text: String {
            switch self {
            case .size(let size): "SIZE=\(size)"
            case .eightBit: "BODY=8BITMIME"
            case .utf8: "SMTPUTF8"
            case .requireTLS: "REQUIRETLS"
            case .returned(let extent): "RET=\(extent.rawValue)"
            case .envelopeID(let id): "ENVID=\(DeliveryStatus.xtext(id))"
            }
        }
    }

    /// RFC 3461.
    enum RecipientParameter: Sendable {
        case notify(Set<DeliveryStatus.Event>)
        case original(Address)

        /// Nil for an original recipient that is not ASCII: the relay knows it from the path.
        var text: String? {
            switch self {
            case .notify(let events): "NOTIFY=\(DeliveryStatus.notifyValue(events))"
            case .original(let address):
                address.needsSMTPUTF8
                    ? nil : "ORCPT=rfc822;\(DeliveryStatus.xtext(address.wireText))"
            }
        }
    }

    /// The bytes for the relay, with CRLF; may hold a secret.
    var wire: [UInt8] {
        switch self {
        case .auth(let mechanism, let response?):
            line("AUTH \(mechanism) ", response.reveal { $0 })
        case .response(let response): line("", response.reveal { $0 })
        default: line(transcript, [])
        }
    }

    /// The line for people, without CRLF; never a secret.
    var transcript: String {
        switch self {
        case .ehlo(let name): "EHLO \(name.text)"
        case .helo(let name): "HELO \(name.text)"
        case .startTLS: "STARTTLS"
        case .auth(let mechanism, nil): "AUTH \(mechanism)"
        case .auth(let mechanism, _): "AUTH \(mechanism) [redacted]"
        case .response: "[redacted]"
        case .cancelAuthentication: "*"
        case .mail(let sender, let parameters):
            (["MAIL FROM:<\(sender?.wireText ?? "")>"]
                + parameters.map(\.text))
                .joined(separator: " ")
        case .recipient(let recipient, let parameters):
            (["RCPT TO:<\(recipient.wireText)>"] + parameters.compactMap(\.text))
                .joined(separator: " ")
        case .data: "DATA"
        case .reset: "RSET"
        case .quit: "QUIT"
        }
    }

    private func line(_ start: String, _ rest: [UInt8]) -> [UInt8] {
        Array(start.utf8) + rest + [0x0D, 0x0A]
    }
}
