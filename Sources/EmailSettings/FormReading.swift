import Mail

/// Reads the fields of a form one by one and gathers what is wrong with all of them.
///
/// A field that is wrong gives a stand-in, which `finish` keeps anybody from using.
struct FormReading {
    let form: ProfileForm
    private(set) var errors: [FieldError] = []

    init(_ form: ProfileForm) {
        self.form = form
    }

    /// Throws: `FormRejection` with everything that was wrong.
    func finish() throws(FormRejection) {
        if !errors.isEmpty { throw FormRejection(errors) }
    }

    mutating func fail(_ field: ProfileField, _ code: String, _ message: String) {
        errors.append(FieldError(field.rawValue, code, message))
    }

    func flag(_ field: ProfileField) -> Bool { form.flag(field) }

    /// What `body` makes of the field's text; nil when it throws.
    mutating func read<Value>(
        _ field: ProfileField,
        _ body: (String) throws(FieldError) -> Value?
    ) -> Value? {
        do throws(FieldError) {
            let text = trimmed(form[field])
            guard text.utf8.count <= field.longestInput else {
                throw FieldError(
                    field.rawValue,
                    "tooLong",
                    "Shorten this to \(field.longestInput) bytes."
                )
            }
            return try body(text)
        } catch {
            errors.append(error)
            return nil
        }
    }

    /// One of the values of `Choice`.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ field: ProfileField,
        or standIn: Choice
    ) -> Choice where Choice.RawValue == String {
        if let value = Choice(rawValue: form[field]) { return value }
        fail(field, "choice", "Choose one of the options.")
        return standIn
    }

    /// Nil when the field is empty or wrong.
    mutating func address(_ field: ProfileField) -> Address? {
        read(field) { text throws(FieldError) in
            if text.isEmpty { return nil }
            return try Self.address(text, field)
        }
    }

    static func address(_ text: String, _ field: ProfileField) throws(FieldError) -> Address {
        do throws(MailError) { return try Address(parsing: text) } catch {
            throw FieldError(field.rawValue, "address", error.userText)
        }
    }

    /// One line without control characters, of at most `limit` Unicode scalars.
    mutating func line(_ field: ProfileField, _ what: String, limit: Int) -> String {
        read(field) { text throws(FieldError) in
            guard text.unicodeScalars.count <= limit else {
                throw FieldError(
                    field.rawValue,
                    "tooLong",
                    "Shorten the \(what) to \(limit) characters."
                )
            }
            guard !text.unicodeScalars.contains(where: isControl) else {
                throw FieldError(
                    field.rawValue,
                    "control",
                    "Remove the control characters from the \(what)."
                )
            }
            return text
        } ?? ""
    }

    /// A whole number within `range`; empty is `standIn`.
    mutating func number(
        _ field: ProfileField,
        _ range: ClosedRange<Int>,
        or standIn: Int,
        _ sentence: String
    ) -> Int {
        read(field) { text throws(FieldError) in
            if text.isEmpty { return standIn }
            guard let number = wholeNumber(text), range.contains(number) else {
                throw FieldError(field.rawValue, "range", sentence)
            }
            return number
        } ?? standIn
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
