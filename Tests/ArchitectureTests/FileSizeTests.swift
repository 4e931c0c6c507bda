import Testing

@Suite struct FileSizeTests {
    @Test func `no source file has more than 400 lines and few have 250`() throws {
        let files = try Repository.files("Sources", ".swift")
        let sizes = files.map(\.lines.count).sorted()
        try #require(sizes.count > 100)
        #expect(files.filter { $0.lines.count > 400 }.map(\.path) == [])
        #expect(sizes[sizes.count * 9 / 10] < 250)
        #expect(sizes[sizes.count / 2] <= 100)
    }

    @Test func `no test file has more than 600 lines`() throws {
        let files = try Repository.files("Tests", ".swift")
        #expect(files.filter { $0.lines.count > 600 }.map(\.path) == [])
    }
}
