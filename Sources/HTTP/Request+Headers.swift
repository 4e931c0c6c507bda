extension Request {
    /// The first value of a header field as text; nil when it is missing or not UTF-8.
    package func header(_ field: HeaderField) -> String? {
        guard let bytes = headerBytes(field) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The first value of a header field as bytes, without the space around it.
    package func headerBytes(_ field: HeaderField) -> ArraySlice<UInt8>? {
        for entry in storage.head.fields where entry.name == field {
            return storage.bytes[entry.valueRange]
        }
        return nil
    }

    /// All values of a header field in order; those that are not UTF-8 are left out.
    package func headers(_ field: HeaderField) -> [String] {
        allHeaderBytes(field).compactMap { String(validating: $0, as: UTF8.self) }
    }

    /// All values of a header field in order, as bytes, without the space around them.
    package func allHeaderBytes(_ field: HeaderField) -> [ArraySlice<UInt8>] {
        storage.head.fields.filter { $0.name == field }.map { storage.bytes[$0.valueRange] }
    }

    /// The first value of the field `name`, compared in any case, for names not in `HeaderField`.
    package func header(named name: String) -> String? {
        for entry in storage.head.fields where isName(entry, name) {
            return String(validating: storage.bytes[entry.valueRange], as: UTF8.self)
        }
        return nil
    }

    private func isName(_ entry: RequestHead.Field, _ name: String) -> Bool {
        storage.bytes[entry.nameRange].lazy.map(Byte.lowercase)
            .elementsEqual(name.utf8.lazy.map(Byte.lowercase))
    }

    /// The value of the cookie `name`; the first when it was sent twice.
    package func cookie(_ name: String) -> String? {
        for entry in storage.head.fields where entry.name == .cookie {
            for pair in storage.bytes[entry.valueRange].split(separator: Byte.semicolon) {
                let pair = pair.drop { $0 == Byte.space || $0 == Byte.tab }
                guard let equals = pair.firstIndex(of: Byte.equals),
                    pair[..<equals].elementsEqual(name.utf8)
                else { continue }
                return String(validating: pair[(equals + 1)...], as: UTF8.self)
            }
        }
        return nil
    }

    /// The type of the body in lower case without parameters: `application/json`.
    package var mediaType: String? {
        guard let value = headerBytes(.contentType) else { return nil }
        let type = value.prefix { $0 != Byte.semicolon && $0 != Byte.space && $0 != Byte.tab }
        return String(validating: type.map(Byte.lowercase), as: UTF8.self)
    }

    /// The id of the last event the client saw, when an event stream is opened again.
    package var lastEventID: String? { header(.lastEventID) }
}
