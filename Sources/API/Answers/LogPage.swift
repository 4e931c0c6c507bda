import EmailSettings
import HTTP
import TestSends

/// Turns the pages of a log.
enum LogPage {
    /// Where the page begins that `before` asks for; nil for the first.
    static func cursor(_ query: FormBody) -> (cursor: TestCursor?, error: FieldError?) {
        guard let text = query["before"] else { return (nil, nil) }
        guard let cursor = TestCursor(text) else {
            return (nil, FieldError("before", "form", "Send next as an answer gave it."))
        }
        return (cursor, nil)
    }

    /// The same filter, further on.
    static func address(of cursor: TestCursor, _ query: FormBody, _ path: String) -> String {
        let items = query.pairs.filter { $0.name != "before" } + [("before", cursor.text)]
        let text = items.map { "\($0.0)=\(PercentCoding.encode($0.1))" }.joined(separator: "&")
        return "\(path)?\(text)"
    }
}
