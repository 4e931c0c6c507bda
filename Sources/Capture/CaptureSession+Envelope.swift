extension CaptureSession {
    mutating func mail(_ argument: ArraySlice<UInt8>) -> CaptureReply {
        guard client != nil, transaction == nil else { return .badSequence }
        guard let path = EnvelopePath(argument, keyword: "FROM") else {
            return CaptureReply(501, "5.1.7 Bad sender address")
        }
        var isInternational = false
        for parameter in path.parameters {
            switch parameter {
            case "SMTPUTF8": isInternational = true
            case "BODY=7BIT", "BODY=8BITMIME", "BODY=7bit", "BODY=8bitmime": continue
            case _ where parameter.utf8.starts(with: "SIZE=".utf8):
                guard let size = Int(parameter.dropFirst(5)), size >= 0 else {
                    return .badArguments
                }
                guard size <= limits.messageBytes else { return .tooLarge }
            // Who first sent the message (RFC 4954 section 5): of no use here.
            case _ where parameter.utf8.starts(with: "AUTH=".utf8): continue
            default: return .unknownParameter
            }
        }
        guard isInternational || path.isASCII else {
            return CaptureReply(553, "5.6.7 This sender address needs SMTPUTF8")
        }
        transaction = Transaction(sender: path.address, isInternational: isInternational)
        return CaptureReply(250, "2.1.0 Ok")
    }

    mutating func recipient(_ argument: ArraySlice<UInt8>) -> CaptureReply {
        guard let transaction else { return .badSequence }
        guard let path = EnvelopePath(argument, keyword: "TO") else {
            return CaptureReply(501, "5.1.3 Bad recipient address")
        }
        guard path.parameters.isEmpty else { return .unknownParameter }
        guard transaction.isInternational || path.isASCII else {
            return CaptureReply(553, "5.6.7 This recipient address needs SMTPUTF8")
        }
        guard transaction.recipients.count < CaptureLimits.recipients else {
            return CaptureReply(452, "4.5.3 Too many recipients")
        }
        if let refusal = Self.refusal(of: path.address) { return refusal }
        self.transaction?.recipients.append(path.address)
        return CaptureReply(250, "2.1.5 Ok")
    }

    /// The recipients that show a failure, for demos.
    private static func refusal(of address: String) -> CaptureReply? {
        let start = address.utf8.map(\.lowercased)
        if start.starts(with: "reject".utf8) {
            return CaptureReply(550, "5.1.1 No such mailbox here")
        }
        if start.starts(with: "greylist".utf8) {
            return CaptureReply(450, "4.7.1 Greylisted; try again in a few minutes")
        }
        return nil
    }
}
