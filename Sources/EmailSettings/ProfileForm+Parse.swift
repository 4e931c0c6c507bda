import Mail
import SMTP

extension ProfileForm {
    /// The longest name of a profile, in characters.
    package static let nameLimit = 64
    package static let descriptionLimit = 500

    /// Reads the form.
    ///
    /// Throws: `FormRejection` with everything that is wrong, not only the first.
    package func parse() throws(FormRejection) -> ProfileDraft {
        var errors: [FieldError] = []
        func read<Value>(_ body: () throws(FieldError) -> Value) -> Value? {
            do { return try body() } catch {
                errors.append(error)
                return nil
            }
        }
        let name = read(parseName)
        let description = read(parseDescription)
        let from = read { () throws(FieldError) in try SenderFields.address(fromAddress) }
        let fromName = read { () throws(FieldError) in try SenderFields.name(self.fromName) }
        let host = read(parseHost)
        let port = read(parsePort)
        let timeout = read(parseTimeout)
        let helo = read(parseHeloName)
        let tls = read { () throws(FieldError) in
            try choice("tls", self.tls, TLSMode.init(rawValue:))
        }
        let authentication = read { () throws(FieldError) in
            try choice("authentication", self.authentication, Authentication.init(rawValue:))
        }
        if case .some(.some) = host, case .some(.none) = from {
            errors.append(
                FieldError(
                    "fromAddress",
                    "required",
                    "Enter the From email address; a server is given, so mail will be sent."
                )
            )
        }
        guard errors.isEmpty, let name, let description, let from, let fromName, let host,
            let port, let timeout, let helo, let tls, let authentication
        else { throw FormRejection(errors) }
        return ProfileDraft(
            name: name,
            description: description,
            fromAddress: from,
            fromName: fromName,
            host: host,
            port: port,
            timeoutSeconds: timeout,
            tls: tls,
            verifyCertificate: verifyCertificate,
            heloName: helo,
            authentication: authentication,
            allowPlaintextAuthentication: allowPlaintextAuthentication
        )
    }

    private func parseName() throws(FieldError) -> String {
        let name = trimmed(self.name)
        guard !name.isEmpty else {
            throw FieldError("name", "required", "Enter a name for this profile.")
        }
        guard name.unicodeScalars.count <= Self.nameLimit else {
            throw FieldError(
                "name",
                "tooLong",
                "Shorten the name to \(Self.nameLimit) characters."
            )
        }
        guard !name.unicodeScalars.contains(where: isControl) else {
            throw FieldError("name", "control", "Remove the control characters from the name.")
        }
        return name
    }

    private func parseDescription() throws(FieldError) -> String {
        let text = trimmed(description)
        guard text.unicodeScalars.count <= Self.descriptionLimit else {
            throw FieldError(
                "description",
                "tooLong",
                "Shorten the description to \(Self.descriptionLimit) characters."
            )
        }
        guard !text.utf8.contains(0) else {
            throw FieldError(
                "description",
                "control",
                "Remove the control characters from the description."
            )
        }
        return text
    }

    private func parseHost() throws(FieldError) -> Host? {
        let text = trimmed(host)
        if text.isEmpty { return nil }
        if text.utf8.contains(0x3A), text.utf8.first != 0x5B, Host("[\(text)]") != nil {
            throw FieldError(
                "host",
                "brackets",
                "Put the IPv6 address in square brackets: [\(text)]."
            )
        }
        if text.utf8.contains(0x25), text.utf8.contains(0x3A) {
            throw FieldError(
                "host",
                "zone",
                "Remove the zone (from % on): such addresses reach only one link of one machine. "
                    + "Enter a name, or an address that is the same everywhere."
            )
        }
        guard let host = Host(text) else {
            throw FieldError(
                "host",
                "form",
                "Enter the name or address of the server only, like mail.example.com, "
                    + "192.0.2.25 or [2001:db8::25]."
            )
        }
        return host
    }

    private func parsePort() throws(FieldError) -> UInt16 {
        let text = trimmed(port)
        if text.isEmpty { return defaultPort }
        guard let port = wholeNumber(text), (1...65_535).contains(port) else {
            throw FieldError("port", "range", "Enter a port between 1 and 65535.")
        }
        return UInt16(port)
    }

    private func parseTimeout() throws(FieldError) -> Int {
        let text = trimmed(timeoutSeconds)
        guard let seconds = wholeNumber(text), (1...255).contains(seconds) else {
            throw FieldError(
                "timeoutSeconds",
                "range",
                "Enter a timeout between 1 and 255 seconds."
            )
        }
        return seconds
    }

    private func parseHeloName() throws(FieldError) -> HeloName? {
        let text = trimmed(heloName)
        if text.isEmpty { return nil }
        guard let name = HeloName(text), text.lowercased() != "localhost" else {
            throw FieldError(
                "heloName",
                "form",
                "Enter the public name of this server, like app.example.com, or leave it empty."
            )
        }
        return name
    }

    private func choice<Value>(
        _ field: String,
        _ text: String,
        _ make: (String) -> Value?
    ) throws(FieldError) -> Value {
        guard let value = make(text) else {
            throw FieldError(field, "choice", "Choose one of the options.")
        }
        return value
    }
}

/// The number that the text writes in plain digits, at most nine of them.
func wholeNumber(_ text: String) -> Int? {
    let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isPlain && text.utf8.count <= 9 ? Int(text) : nil
}

/// The text without spaces and tabs at its ends.
func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let head = bytes.drop(while: isSpace)
    let end = head.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? head.startIndex
    return String(decoding: head[..<end], as: UTF8.self)
}

func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
}
