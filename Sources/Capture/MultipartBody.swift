/// The parts of a multipart body, one after the other (RFC 2046 section 5.1).
///
/// A part without its closing delimiter goes to the end of the body.
struct MultipartBody: Sequence, IteratorProtocol {
    private let delimiter: [UInt8]
    private var rest: ArraySlice<UInt8>
    private var isOpen: Bool

    init(_ body: ArraySlice<UInt8>, boundary: [UInt8]) {
        delimiter = Array("--".utf8) + boundary
        rest = body
        isOpen = true
        // What stands before the first delimiter is no part.
        _ = cut()
    }

    mutating func next() -> ArraySlice<UInt8>? {
        isOpen ? cut() : nil
    }

    /// Takes everything before the next delimiter line, and that line.
    private mutating func cut() -> ArraySlice<UInt8> {
        let part = rest
        while let line = LineCut(rest) {
            if let isLast = ending(line.text) {
                let end = line.text.startIndex
                rest = line.rest
                isOpen = !isLast
                return withoutLastLineEnd(part[..<end])
            }
            rest = line.rest
        }
        isOpen = false
        return part
    }

    /// Nil for a line that is no delimiter, else whether it is the closing one.
    private func ending(_ line: ArraySlice<UInt8>) -> Bool? {
        guard line.starts(with: delimiter) else { return nil }
        let tail = line.dropFirst(delimiter.count)
        let isLast = tail.starts(with: "--".utf8)
        return tail.dropFirst(isLast ? 2 : 0).allSatisfy(\.isBlank) ? isLast : nil
    }

    /// The line end before a delimiter belongs to the delimiter.
    private func withoutLastLineEnd(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard part.last == .lineFeed else { return part }
        let line = part.dropLast()
        return line.last == .carriageReturn ? line.dropLast() : line
    }
}
