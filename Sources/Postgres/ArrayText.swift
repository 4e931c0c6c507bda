/// The text form of a one-dimensional SQL array without NULLs (PostgreSQL documentation, 8.15.6).
enum ArrayText {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    /// Writes each element quoted, so that none can end the array or mean NULL.
    static func write(_ elements: [String]) -> String {
        var bytes: [UInt8] = [open]
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(comma) }
            bytes.append(quote)
            for byte in element.utf8 {
                if byte == quote || byte == backslash { bytes.append(backslash) }
                bytes.append(byte)
            }
            bytes.append(quote)
        }
        bytes.append(close)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the elements; nil for a NULL element, several dimensions or anything else.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> [String]? {
        guard text.count >= 2, text.first == open, text.last == close else { return nil }
        var elements: [String] = []
        var index = 1
        let end = text.count - 1
        if index == end { return elements }
        while true {
            guard let element = element(of: text, at: &index, end: end) else { return nil }
            elements.append(element)
            if index == end { return elements }
            guard text[index] == comma else { return nil }
            index += 1
        }
    }

    private static func element(
        of text: UnsafeBufferPointer<UInt8>,
        at index: inout Int,
        end: Int
    ) -> String? {
        guard index < end else { return nil }
        if text[index] == quote { return quoted(text, at: &index, end: end) }
        let start = index
        while index < end && text[index] != comma {
            guard text[index] != open, text[index] != close, text[index] != quote else {
                return nil
            }
            index += 1
        }
        let element = String(decoding: text[start..<index], as: UTF8.self)
        return element.isEmpty || element == "NULL" ? nil : element
    }

    private static func quoted(
        _ text: UnsafeBufferPointer<UInt8>,
        at index: inout Int,
        end: Int
    ) -> String? {
        var bytes: [UInt8] = []
        index += 1
        while index < end {
            var byte = text[index]
            index += 1
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            if byte == backslash {
                guard index < end else { return nil }
                byte = text[index]
                index += 1
            }
            bytes.append(byte)
        }
        return nil
    }
}
