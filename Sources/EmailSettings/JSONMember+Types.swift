import SMTP

/// Members of a settings file as what they should be; the error names the field.
extension JSON.Member {
    func flag() throws(FieldError) -> Bool {
        guard let flag = value.flag else { throw SettingsFile.wrongType(name, "true or false") }
        return flag
    }

    func text() throws(FieldError) -> String {
        guard let text = value.text else { throw SettingsFile.wrongType(name, "text") }
        return text
    }

    func choice<Choice: RawRepresentable & CaseIterable>() throws(FieldError) -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text()) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw FieldError(name, "choice", "Write \(name) as one of: \(all).")
        }
        return choice
    }

    func port() throws(FieldError) -> UInt16 {
        guard let number = value.number else { throw SettingsFile.wrongType(name, "a number") }
        guard let port = UInt16(exactly: number), port > 0 else {
            throw FieldError(name, "range", "Enter a port between 1 and 65535.")
        }
        return port
    }
}
