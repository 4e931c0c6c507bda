/// A header field, folded and encoded; it has no way to hold a line break of anybody else's.
package struct HeaderField: Hashable, Sendable {
    package let name: HeaderName
    /// The field as it stands in the message, with its last CRLF.
    package let bytes: [UInt8]

    /// A field of free text: Subject, Organization, a person's own.
    package init(_ name: HeaderName, text: HeaderText) {
        var folder = HeaderFolder(name)
        folder.appendText(text.text)
        self.init(name, folder)
    }

    /// A field that programs may read: ASCII stays as it is, long words whole.
    package init(_ name: HeaderName, value: HeaderText) {
        var folder = HeaderFolder(name)
        folder.appendValue(value.text)
        self.init(name, folder)
    }

    /// A field of mailboxes: From, To, Reply-To.
    package init(_ name: HeaderName, mailboxes: [Mailbox]) {
        var folder = HeaderFolder(name)
        for (index, mailbox) in mailboxes.enumerated() {
            let comma = index + 1 < mailboxes.count ? "," : ""
            if let name = mailbox.name {
                folder.appendPhrase(name.text)
                folder.append("<\(mailbox.address.wireText)>\(comma)")
            } else {
                folder.append("\(mailbox.address.wireText)\(comma)")
            }
        }
        self.init(name, folder)
    }

    /// A field of tokens that cannot hold anything harmful by their types.
    init(_ name: HeaderName, tokens: [String]) {
        var folder = HeaderFolder(name)
        for token in tokens { folder.append(token) }
        self.init(name, folder)
    }

    private init(_ name: HeaderName, _ folder: HeaderFolder) {
        self.name = name
        bytes = folder.finished()
    }
}
