import Testing

@testable import HTTP

@Suite struct FormBodyTests {
    @Test func `a form gives its fields decoded and in order`() throws {
        let form = try FormBody(parsing: Array("name=Jos%C3%A9+R&cc=a&cc=b&empty=&bare".utf8))
        #expect(form.names == ["name", "cc", "cc", "empty", "bare"])
        #expect(form["name"] == "José R")
        #expect(form.all("cc") == ["a", "b"])
        #expect(form["empty"]?.isEmpty == true)
        #expect(form["bare"]?.isEmpty == true)
        #expect(form["missing"] == nil)
    }
}
