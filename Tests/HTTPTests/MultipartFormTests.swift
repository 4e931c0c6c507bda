import Observability
import Testing

@testable import HTTP

/// Forms with files as browsers send them, and as nobody should.
@Suite struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=AaB03x"

    private func form(_ body: String, type: String = type) throws -> MultipartForm {
        try Request(.post, "/", headers: ["Content-Type": type], body: body).multipartForm()
    }

    private func kind(_ body: String, type: String = type) -> HTTPError.Kind? {
        do {
            _ = try form(body, type: type)
            return nil
        } catch { return (error as? HTTPError)?.kind }
    }

    private static func part(_ head: String, _ content: String) -> String {
        "--AaB03x\r\n\(head)\r\n\r\n\(content)\r\n"
    }

    private static let name = #"Content-Disposition: form-data; name="a""#
    private static let end = "--AaB03x--\r\n"

    @Test func `fields and files are told apart and keep their bytes`() throws {
        let form = try form(
            Self.part(Self.name, "José\r\n\r\n--AaB03 and more")
                + Self.part(
                    #"content-disposition: form-data; name="file"; filename="a %22b%22.pem""#
                        + "\r\nContent-Type: application/x-x509-ca-cert",
                    "\r\n\u{0}--AaB03\r\n-"
                )
                + Self.part(#"Content-Disposition: form-data; name="a""#, "") + Self.end
        )
        #expect(form.fields.all("a") == ["José\r\n\r\n--AaB03 and more", ""])
        let file = try #require(form.file("file"))
        #expect(file.fileName == #"a "b".pem"#)
        #expect(file.content.reveal { $0 } == Array("\r\n\u{0}--AaB03\r\n-".utf8))
        #expect(form.file("a") == nil)
        #expect("\(file)".contains("AaB03") == false)
    }

    @Test func `a file field in which nothing was chosen gives no file`() throws {
        let form = try form(
            Self.part(
                #"Content-Disposition: form-data; name="file"; filename="""#
                    + "\r\nContent-Type: application/octet-stream",
                ""
            ) + Self.end
        )
        #expect(form.files.isEmpty)
        #expect(form.fields.names.isEmpty)
    }

    @Test func `a boundary may be quoted, and has 1 to 70 of its characters`() {
        let body = Self.part(Self.name, "b") + Self.end
        #expect(kind(body, type: #"multipart/form-data; boundary="AaB03x""#) == nil)
        #expect(kind(body, type: "Multipart/Form-Data;charset=utf-8; Boundary=AaB03x") == nil)
        for parameter in [
            "", "; boundary", "; boundary=", #"; boundary="""#, #"; boundary="AaB03x"#,
            "; boundary=AaB03x; boundary=AaB03x", "; boundary=a\u{e9}",
            "; boundary=" + String(repeating: "b", count: 71), #"; boundary="a ""#,
            "; boundary=a%b",
        ] {
            let answer = kind(body, type: "multipart/form-data" + parameter)
            #expect(answer == .multipartBoundary, "\(parameter)")
        }
        #expect(kind(body, type: "application/x-www-form-urlencoded") == .mediaType)
    }

    @Test(arguments: [
        "", "--AaB03x", "--AaB03x\r\n", "--AaB03x--x", "\r\n" + end, "preamble\r\n" + end,
        part(name, "b"), part(name, "b") + "--AaB03x", part(name, "b") + end + "epilogue",
        part(name, "b") + "--AaB03y--\r\n", part("", "b") + end,
        part("Content-Type: text/plain", "b") + end, part(name + "\r\n" + name, "b") + end,
        part("Content-Disposition: attachment; name=\"a\"", "b") + end,
        part("Content-Disposition: form-data", "b") + end,
        part("Content-Disposition: form-data; name=a", "b") + end,
        part("Content-Disposition: form-data; name=\"\"", "b") + end,
        part("Content-Disposition: form-data; name=\"a", "b") + end,
        part(name + "; name=\"b\"", "b") + end, part(name + "; x=\"b\"", "b") + end,
        part(name + "; filename*=UTF-8''b", "b") + end, part(name + " trailing", "b") + end,
        part(name + "\r\nContent-Transfer-Encoding: base64", "Yg==") + end,
        part(name + "\r\n folded", "b") + end, part(name + "\r\nX: y", "b") + end,
        part("Content-Disposition : form-data; name=\"a\"", "b") + end,
        part(name + "\r\nContent-Type: " + String(repeating: "x", count: 5000), "b") + end,
        "--AaB03x\n" + name + "\n\nb\n--AaB03x--\n",
    ])
    func `what could be read in two ways is refused`(body: String) {
        #expect(kind(body) == .multipart)
    }

    @Test func `characters that a name cannot have are refused`() {
        let nul = "Content-Disposition: form-data; name=\"a\u{0}b\""
        #expect(kind(Self.part(nul, "b") + Self.end) == .controlByte)
        #expect(kind(Self.part(Self.name + "\nX: y", "b") + Self.end) == .controlByte)
    }

    @Test func `a field that is not UTF-8 is refused, a file may be anything`() throws {
        func body(_ head: String) -> [UInt8] {
            Array("--AaB03x\r\n\(head)\r\n\r\n".utf8) + [0xFF, 0xFE]
                + Array("\r\n--AaB03x--\r\n".utf8)
        }
        let boundary = Array("AaB03x".utf8)
        #expect(throws: HTTPError(.notUTF8)) {
            try MultipartForm(parsing: body(Self.name), boundary: boundary)
        }
        let file = #"Content-Disposition: form-data; name="f"; filename="x""#
        let form = try MultipartForm(parsing: body(file), boundary: boundary)
        #expect(form.files.first?.content.reveal { $0 } == [0xFF, 0xFE])
    }

    @Test func `100 parts are allowed and 101 are not; a field has at most 1 MB`() throws {
        let part = Self.part(Self.name, "b")
        #expect(kind(String(repeating: part, count: 100) + Self.end) == nil)
        #expect(kind(String(repeating: part, count: 101) + Self.end) == .tooManyFormFields)
        let long = String(repeating: "x", count: 1_048_577)
        #expect(kind(Self.part(Self.name, long) + Self.end) == .bodyTooLarge)
    }

    @Test func `no cut of a form is taken for a whole one`() throws {
        let parts = Self.part(Self.name, "b\r\n") + Self.part(Self.name, "")
        let whole = Array((parts + Self.end).utf8)
        let boundary = Array("AaB03x".utf8)
        for length in 0..<(whole.count - 2) {
            #expect(throws: HTTPError.self, "\(length)") {
                try MultipartForm(parsing: Array(whole.prefix(length)), boundary: boundary)
            }
        }
        let form = try MultipartForm(parsing: Array(whole.dropLast(2)), boundary: boundary)
        #expect(form.fields.all("a") == ["b\r\n", ""])
    }
}
