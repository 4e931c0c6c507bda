import Mail

/// A message as it came in, with its envelope.
struct ReceivedMail: Equatable, Sendable {
    /// Empty for the null sender.
    let sender: String
    let recipients: [String]
    let clientName: String
    let serverName: String
    /// `ESMTPSA` and its kin (RFC 3848).
    let protocolName: String
    let message: [UInt8]
    /// Numeric, without brackets; empty when it is not known.
    var clientAddress = ""

    /// The message below the fields that a server adds (RFC 5321 section 4.4).
    func stored(id: CapturedID) -> [UInt8] {
        var head = "Return-Path: <\(sender)>\r\n"
        for recipient in recipients { head += "Delivered-To: \(recipient)\r\n" }
        let date = MessageDate(secondsSince1970: id.receivedAt).headerText
        head += "Received: from \(clientName) (\(addressLiteral))\r\n"
        head += "\tby \(serverName) (Sendproof capture) with \(protocolName)\r\n"
        head += "\tid \(id.text); \(date)\r\n"
        return Array(head.utf8) + message
    }

    private var addressLiteral: String {
        let isIPv6 = clientAddress.utf8.contains(UInt8(ascii: ":"))
        return "[\(isIPv6 ? "IPv6:" : "")\(clientAddress)]"
    }
}
