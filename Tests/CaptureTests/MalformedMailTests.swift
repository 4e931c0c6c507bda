import Testing

@testable import Capture

@Suite struct MalformedMailTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let raw: String
        var text: String?
        var html: String?
        var testDescription: String { name }
    }

    private static let parts = "Content-Type: multipart/mixed; boundary=b\n\n"

    private static let examples = [
        Example(name: "nothing", raw: "", text: ""),
        Example(name: "only a line end", raw: "\r\n", text: ""),
        Example(name: "only text", raw: "hello", text: "hello"),
        Example(name: "a folded line first", raw: " folded\n\nx", text: " folded\n\nx"),
        Example(name: "ends inside a field", raw: "Subject: x", text: ""),
        Example(name: "no colon", raw: "A: b\nno field\n\nx", text: "no field\n\nx"),
        Example(name: "a bare CR", raw: "A: b\r\n\r\nx\ry", text: "x\ry"),
        Example(name: "no boundary", raw: "Content-Type: multipart/mixed\n\n--b\n\nx"),
        Example(name: "empty boundary", raw: "Content-Type: multipart/mixed; boundary=\n\n--\n\nx"),
        Example(name: "open quote", raw: "Content-Type: text/html; charset=\"\n\nx", html: "x"),
        Example(name: "lone backslash", raw: "Content-Type: text/html; a=\"\\\n\nx", html: "x"),
        Example(name: "empty type", raw: "Content-Type:\n\nx"),
        Example(name: "many semicolons", raw: "Content-Type: text/html;;; ;=;=x;\n\nx", html: "x"),
        Example(
            name: "unknown character set",
            raw: "Content-Type: text/plain; charset=nope\n\nü",
            text: "ü"
        ),
        Example(name: "no delimiter", raw: parts + "just text"),
        Example(name: "not closed", raw: parts + "--b\n\none", text: "one"),
        Example(name: "closed at once", raw: parts + "--b--\n\nlate"),
        Example(name: "after the end", raw: parts + "--b\n\none\n--b--\n--b\n\ntwo", text: "one"),
        Example(name: "empty parts", raw: parts + "--b\n--b\n--b\n\nx\n--b--", text: ""),
        Example(name: "longer delimiter", raw: parts + "--bb\n\nx\n--b\n\ny\n--b--", text: "y"),
        Example(name: "blanks after it", raw: parts + "--b \t\n\nx\n--b-- \n", text: "x"),
        Example(
            name: "equal boundary inside",
            raw: parts + "--b\n" + parts + "--b\n\nx\n--b--",
            text: "x"
        ),
        Example(
            name: "digest",
            raw: "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--"
        ),
        Example(
            name: "cut base64",
            raw: "Content-Transfer-Encoding: base64\n\naGVsb*\nG8gdw\n",
            text: "hello w"
        ),
        Example(name: "bad base64", raw: "Content-Transfer-Encoding: base64\n\n****", text: ""),
        Example(
            name: "bad quoted-printable",
            raw: "Content-Transfer-Encoding: quoted-printable\n\na=\nb=4=4 =\nc= \nd=\n=C3=",
            text: "ab=4=4 cd\u{FFFD}"
        ),
        Example(name: "unknown encoding", raw: "Content-Transfer-Encoding: x\n\n=41", text: "=41"),
    ]

    @Test(arguments: examples) func `malformed mail is shown as far as it goes`(example: Example) {
        for raw in [example.raw, example.raw.replacing("\n", with: "\r\n")] {
            let content = CapturedMessageReader.read(Array(raw.utf8))
            #expect(content.text == example.text)
            #expect(content.html == example.html)
        }
    }

    @Test func `multiparts deeper than eight are not opened`() {
        func nested(_ depth: Int) -> [UInt8] {
            var raw = ""
            for level in 0..<depth {
                raw += "Content-Type: multipart/mixed; boundary=\"b\(level).\"\n\n--b\(level).\n"
            }
            return Array("\(raw)\nfound".utf8)
        }
        #expect(CapturedMessageReader.read(nested(8)).text == "found")
        #expect(CapturedMessageReader.read(nested(9)).text == nil)
        #expect(CapturedMessageReader.read(nested(5000)).text == nil)
    }

    @Test func `parts beyond the two hundredth are not looked at`() {
        func message(_ count: Int) -> [UInt8] {
            let image = "--b\nContent-Type: image/png\n\n\n"
            return Array(
                (Self.parts + String(repeating: image, count: count) + "--b\n\nx\n--b--").utf8
            )
        }
        #expect(CapturedMessageReader.read(message(198)).text == "x")
        #expect(CapturedMessageReader.read(message(199)).text == nil)
    }

    @Test func `an endless header section is cut`() {
        let fields = String(repeating: "A: b\r\n", count: 5000)
        let many = CapturedMessageReader.read(Array(fields.utf8))
        #expect(many.headers.count == HeaderSection.mostFields)
        let folded = "A: b\r\n" + String(repeating: " c\r\n", count: 500_000)
        let long = CapturedMessageReader.read(Array(folded.utf8))
        #expect(long.headers.count == 1)
        #expect(long.headers[0].value.utf8.count <= HeaderSection.mostBytes)
    }

    /// Whole messages, cut and changed at places that repeat; a crash is the failure.
    @Test func `bytes changed anywhere never stop the reader`() {
        var random = Repeating(state: 7)
        let marks = Array("=?-:;\"\\\r\n \t\0".utf8) + [0xFF, 0xC3]
        for example in Self.examples {
            let original = Array(example.raw.utf8)
            for _ in 0..<300 {
                var raw = original
                for _ in 0..<(1 + random.next() % 4) where !raw.isEmpty {
                    let index = Int(random.next() % UInt64(raw.count))
                    switch random.next() % 3 {
                    case 0: raw[index] = marks[Int(random.next() % UInt64(marks.count))]
                    case 1: raw.removeSubrange(index...)
                    default: raw.insert(contentsOf: raw[index...].prefix(9), at: index)
                    }
                }
                let content = CapturedMessageReader.read(raw)
                // Base64, quoted-printable and the rest never make more bytes than they were
                // given, but for U+FFFD in place of one.
                #expect((content.text ?? "").utf8.count <= raw.count * 3)
            }
        }
    }
}

/// The SplitMix64 sequence: the same numbers every time.
private struct Repeating {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
