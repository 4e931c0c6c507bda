/// What the sender wants to be told of a message's fate (DSN, RFC 3461).
package struct DeliveryStatus: Sendable, Equatable {
    package enum Event: String, CaseIterable, Sendable {
        case success = "SUCCESS"
        case failure = "FAILURE"
        case delay = "DELAY"
    }

    /// What of the message comes back with a report of failure.
    package enum Extent: String, Sendable {
        case full = "FULL"
        case headers = "HDRS"
    }

    /// When to be told (NOTIFY); none: never.
    package let notify: Set<Event>
    /// Nil: as the relay likes (RET).
    package let returned: Extent?
    /// Comes back with each report (ENVID).
    package let envelopeID: String?

    /// Nil when the envelope ID is not 1–100 printable ASCII characters (section 4.4).
    package init?(notify: Set<Event>, returned: Extent? = nil, envelopeID: String? = nil) {
        if let bytes = envelopeID?.utf8 {
            guard (1...100).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) })
            else { return nil }
        }
        self.notify = notify
        self.returned = returned
        self.envelopeID = envelopeID
    }

    /// `SUCCESS,DELAY`, or `NEVER`.
    static func notifyValue(_ events: Set<Event>) -> String {
        events.isEmpty
            ? "NEVER"
            : Event.allCases.filter(events.contains).map(\.rawValue).joined(separator: ",")
    }

    /// The `xtext` of RFC 3461, section 4: `+` and two digits for what may not stand for itself.
    static func xtext(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "="), 0...0x20, 0x7F...:
                let digits = String(byte, radix: 16, uppercase: true)
                output += ("+" + (digits.utf8.count == 1 ? "0" : "") + digits).utf8
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
