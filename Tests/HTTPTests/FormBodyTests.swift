import Testing

@testable import HTTP

@Suite struct FormBodyTests {
    @Test func `a form gives its fields decoded and in order`() throws {
        let form = try FormBody(parsing: "name=Jos%C3%A9+R&cc=a&cc=b&empty=&bare&x=1=2".utf8)
        #expect(form.names == ["name", "cc", "cc", "empty", "bare", "x"])
        #expect(form["name"] == "José R")
        #expect(form.all("cc") == ["a", "b"])
        #expect(form["empty"]?.isEmpty == true)
        #expect(form["bare"]?.isEmpty == true)
        #expect(form["x"] == "1=2")
        #expect(form["missing"] == nil)
        #expect(form.all("missing").isEmpty)
    }

    @Test func `names and values keep encoded delimiters and line ends`() throws {
        let form = try FormBody(parsing: "a%26b=c%3Dd%2B&lines=1%0D%0A2".utf8)
        #expect(form["a&b"] == "c=d+")
        #expect(form["lines"].map { Array($0.utf8) } == Array("1\r\n2".utf8))
    }

    @Test(arguments: [
        ("a=%", HTTPError.Kind.percentEncoding), ("a=%4", .percentEncoding),
        ("a=%zz", .percentEncoding), ("%=a", .percentEncoding), ("a=%-1", .percentEncoding),
        ("a=%ff", .notUTF8), ("a=%c0%af", .notUTF8), ("%ed%a0%80=a", .notUTF8),
        ("a%00=b", .controlByte),
    ])
    func `a malformed form is refused`(text: String, kind: HTTPError.Kind) {
        #expect(throws: HTTPError(kind)) { try FormBody(parsing: text.utf8) }
    }

    @Test func `a value may hold any character, for its field to judge`() throws {
        let form = try FormBody(parsing: "a=b%00c".utf8)
        #expect(form["a"].map { Array($0.utf8) } == Array("b\u{0}c".utf8))
    }

    @Test func `what is left of a form is encoded so that it can be read again`() throws {
        let sent = try FormBody(parsing: "a%26b=c%3Dd%2B+%C3%A9&secret=x&a%26b=&n=%00".utf8)
        let left = sent.without { $0 == "secret" }
        #expect(left.names == ["a&b", "a&b", "n"])
        #expect(left.pairs.map(\.value) == ["c=d+ é", "", "\u{0}"])
        #expect(try FormBody(parsing: left.encoded.utf8) == left)
    }

    @Test func `500 fields are allowed and 501 are not`() throws {
        let field = "a=1&"
        #expect(try FormBody(parsing: String(repeating: field, count: 500).utf8).names.count == 500)
        #expect(throws: HTTPError(.tooManyFormFields)) {
            try FormBody(parsing: String(repeating: field, count: 501).utf8)
        }
    }

    @Test func `names are compared by their bytes`() throws {
        let form = try FormBody(parsing: "e%CC%81=decomposed".utf8)
        #expect(form["\u{E9}"] == nil)
        #expect(form["e\u{301}"] == "decomposed")
    }

    @Test func `a request gives its form only when it says that it is one`() throws {
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        let form = try Request(.post, "/", headers: ["Content-Type": type], body: "a=1").form()
        #expect(form["a"] == "1")
        let json = try Request(.post, "/", headers: ["Content-Type": "text/json"], body: "a=1")
        #expect(throws: HTTPError(.mediaType)) { try json.form() }
        #expect(throws: HTTPError(.mediaType)) { try Request(.post, "/", body: "a=1").form() }
    }
}
