import Testing

@testable import Mail

/// ASCII is looked at byte by byte; what comes out must be what the look at scalars gives.
struct FastPathTests {
    /// Texts of up to 12 scalars, from ASCII alone and from all that is near a rule.
    private static let texts: [String] = {
        var random = Steps(state: 2026)
        let ascii = (0...0x7F).compactMap { Unicode.Scalar($0 as UInt32) }
        let plain = Array("abAB019 .-@\"\\,;<>=?_~:\t".unicodeScalars)
        let odd: [Unicode.Scalar] = [
            "\u{80}", "\u{85}", "\u{9F}", "\u{A0}", "\u{AD}", "ü", "\u{301}",
            "\u{61C}", "\u{1680}", "\u{2003}", "\u{200B}", "\u{200D}", "\u{200F}", "\u{2028}",
            "\u{202E}", "\u{2066}", "\u{3000}", "\u{E000}", "\u{FEFF}", "\u{FFFF}", "日", "😀",
        ]
        let alphabets = [ascii, plain, plain + odd, odd]
        return (0..<20_000).map { number in
            let alphabet = alphabets[number % alphabets.count]
            var text = ""
            for _ in 0..<(random.next() % 13) {
                text.unicodeScalars.append(alphabet[Int(random.next() % UInt64(alphabet.count))])
            }
            return text
        }
    }()

    private struct Steps: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }

    @Test func `a scalar is invisible as its category says`() {
        let wrong = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
            .filter { $0.isInvisible != $0.isInvisibleByCategory }
        #expect(wrong.isEmpty)
    }

    @Test func `atoms are made of the characters of RFC 5322`() {
        let specials = Set("!#$%&'*+-/=?^_`{|}~".utf8)
        for byte in UInt8.min...UInt8.max {
            #expect(byte.isAtomText == (byte.isLetterOrDigit || specials.contains(byte)), "\(byte)")
        }
    }

    @Test func `text without controls in ASCII has nothing that is refused`() {
        for text in Self.texts where text.isPrintableASCII {
            #expect(
                text.unicodeScalars.allSatisfy {
                    !$0.isControl && !$0.isBidiControl && !$0.isInvisibleByCategory
                },
                "\(text.debugDescription)"
            )
        }
    }

    @Test func `header text is what a look at each scalar makes of it`() {
        for text in Self.texts + [String(repeating: "a", count: 2001)] {
            var expected = ""
            for scalar in text.unicodeScalars.prefix(HeaderText.longest) {
                expected.unicodeScalars.append(scalar.isControl ? " " : scalar)
            }
            let isRight = text.unicodeScalars.allSatisfy { !$0.isControl }
            #expect(bytes(HeaderText(sanitizing: text).text) == bytes(expected))
            // Nil for what is refused.
            let parsed = try? HeaderText(parsing: text)
            let isShort = text.unicodeScalars.count <= HeaderText.longest
            #expect((parsed != nil) == (isRight && isShort), "\(text.debugDescription)")
        }
    }

    @Test func `names lose the spaces around them, and are refused for the same scalars`() {
        for text in Self.texts {
            var scalars = Array(text.unicodeScalars)
            while scalars.first == " " { scalars.removeFirst() }
            while scalars.last == " " { scalars.removeLast() }
            let trimmed = scalars.map(String.init).joined()
            #expect(bytes(text.trimmingSpaces()) == bytes(trimmed), "\(text.debugDescription)")
            let isRight =
                !trimmed.utf8.isEmpty
                && trimmed.unicodeScalars.allSatisfy { !$0.isControl && !$0.isBidiControl }
            // Nil for what is refused.
            let name = try? DisplayName(parsing: text)
            #expect((name != nil) == isRight, "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        "ada@example.com", "a.b+c@[192.0.2.1]", "\"a b\"@example.com", "o'neil@mail.example",
    ])
    func `any scalar in an address is judged as its properties say`(address: String) {
        let whole = Array(address.unicodeScalars)
        for value in 0...0x2FFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var text = ""
            text.unicodeScalars.append(contentsOf: [whole[0], scalar] + whole.dropFirst())
            let isQuoted = whole[0] == "\""
            let atom = scalar.isASCII ? UInt8(value).isAtomText || scalar == "." : true
            let isRight =
                !scalar.isInvisibleByCategory
                && (isQuoted ? scalar != "\"" : atom && !scalar.properties.isWhitespace)
                && !(scalar == "." && whole[1] == ".")
            // Nil for what is refused.
            let parsed = try? Address(parsing: text)
            #expect((parsed != nil) == isRight, "\(text.debugDescription)")
        }
    }

    @Test func `lines end in CRLF whatever they ended in`() {
        for text in Self.texts + ["\r", "\n", "\r\n", "\r\r\n\n", "a\rb\nc\r\nd", "a\n\r"] {
            var expected: [UInt8] = []
            var previous: UInt8 = 0
            for byte in text.utf8 {
                if byte == .carriageReturn || byte == .lineFeed && previous != .carriageReturn {
                    expected += [.carriageReturn, .lineFeed]
                } else if byte != .lineFeed {
                    expected.append(byte)
                }
                previous = byte
            }
            if !expected.isEmpty, !expected.hasSuffix([.carriageReturn, .lineFeed]) {
                expected += [.carriageReturn, .lineFeed]
            }
            #expect(TextPart.withCRLF(text) == expected, "\(text.debugDescription)")
        }
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
