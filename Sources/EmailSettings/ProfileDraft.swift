package import Mail
package import SMTP

/// A profile form that holds together: every field is what it says.
package struct ProfileDraft: Sendable {
    package let name: String
    package let description: String
    package let fromAddress: Address?
    package let fromName: DisplayName?
    package let method: DeliveryMethod
    package let server: ServerSettings
    package let office: OfficeSettings
    package let message: MessageSettings
    package let smime: SMIMESettings
    package let oauth: OAuthSettings
    package let firewall: FirewallSettings
    package let logging: LoggingSettings
    /// The form with every value as it is stored: without spaces around it, the port filled in.
    package let form: ProfileForm

    /// Without a server or an application, email is disabled for this profile.
    package var canSend: Bool {
        switch method {
        case .smtp: server.host != nil
        case .office365: office.applicationSecret != nil
        }
    }
    package var host: Host? { server.host }
    package var port: UInt16 { server.port }
    package var tls: TLSMode { server.tls }
    package var authentication: Authentication { server.authentication }

    /// The longest name of a profile, in Unicode scalars.
    package static let nameLimit = 64
    package static let descriptionLimit = 500
}

extension ProfileForm {
    /// Reads the form.
    ///
    /// Throws: `FormRejection` with everything that is wrong, not only the first.
    package func parse() throws(FormRejection) -> ProfileDraft {
        var reading = FormReading(self)
        let name = reading.line(.name, "name", limit: ProfileDraft.nameLimit)
        if name.isEmpty, !reading.errors.contains(where: { $0.field == "name" }) {
            reading.fail(.name, "required", "Enter a name for this profile.")
        }
        let description = Self.description(&reading)
        let fromAddress = reading.address(.fromAddress)
        let fromName = reading.read(.fromName) { text throws(FieldError) in
            try SenderFields.name(text)
        }
        let method: DeliveryMethod = reading.choice(.method, or: .smtp)
        let server = ServerSettings(&reading)
        let office = OfficeSettings(&reading)
        let canSend = method == .smtp ? server.host != nil : office.applicationSecret != nil
        if canSend, trimmed(self[.fromAddress]).isEmpty {
            reading.fail(
                .fromAddress,
                "required",
                "Enter the From email address; \(method == .smtp ? "a server" : "an application") is "
                    + "given, so mail will be sent."
            )
        }
        let message = MessageSettings(&reading)
        let smime = SMIMESettings(&reading)
        if method == .office365, !office.saveToSentItems {
            OfficeSettings.check(smime, &reading)
        }
        let oauth = OAuthSettings(&reading)
        let firewall = FirewallSettings(&reading)
        let logging = LoggingSettings(&reading)
        try reading.finish()
        var stored = ProfileForm()
        stored[.name] = name
        stored[.description] = description
        stored[.method] = method.rawValue
        stored[.fromAddress] = fromAddress?.text ?? ""
        stored[.fromName] = fromName?.text ?? ""
        server.write(to: &stored)
        office.write(to: &stored)
        message.write(to: &stored)
        smime.write(to: &stored)
        oauth.write(to: &stored)
        firewall.write(to: &stored)
        logging.write(to: &stored)
        return ProfileDraft(
            name: name,
            description: description,
            fromAddress: fromAddress,
            fromName: fromName,
            method: method,
            server: server,
            office: office,
            message: message,
            smime: smime,
            oauth: oauth,
            firewall: firewall,
            logging: logging,
            form: stored
        )
    }

    private static func description(_ reading: inout FormReading) -> String {
        reading.read(.description) { text throws(FieldError) in
            guard text.unicodeScalars.count <= ProfileDraft.descriptionLimit else {
                throw FieldError(
                    "description",
                    "tooLong",
                    "Shorten the description to \(ProfileDraft.descriptionLimit) characters."
                )
            }
            guard text.unicodeScalars.allSatisfy({ !isControl($0) || $0 == "\n" || $0 == "\t" })
            else {
                throw FieldError(
                    "description",
                    "control",
                    "Remove the control characters from the description."
                )
            }
            return text
        } ?? ""
    }
}
