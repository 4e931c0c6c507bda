import CZlib
import Foundation
import Testing

@testable import HTTP

@Suite struct StaticFilesTests {
    private let folder: URL
    private let files: StaticFiles
    private let css = String(repeating: "body { color: black; }\n", count: 100)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID())")
        for name in ["css", "icons", ".hidden"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name),
                withIntermediateDirectories: true
            )
        }
        try Data(css.utf8).write(to: folder.appending(path: "css/a.css"))
        try Data([0, 1, 2]).write(to: folder.appending(path: "icons/favicon.ico"))
        try Data("x".utf8).write(to: folder.appending(path: "tiny.js"))
        try Data("secret".utf8).write(to: folder.appending(path: ".hidden/key"))
        try Data("secret".utf8).write(to: folder.appending(path: ".env"))
        files = try StaticFiles(
            folder: folder.path,
            fixedPaths: ["/favicon.ico": "icons/favicon.ico"],
            checksum: Self.checksum
        )
        try FileManager.default.removeItem(at: folder)
    }

    /// FNV-1a is enough to tell test files apart.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return withUnsafeBytes(of: hash.bigEndian) { Array($0) }
    }

    private func answer(
        _ path: String,
        _ headers: KeyValuePairs<String, String> = [:],
        method: HTTP.Method = .get
    ) throws -> Response {
        try #require(files.response(for: Request(method, path, headers: headers)))
    }

    private func body(_ response: Response) -> [UInt8] {
        if case .bytes(let bytes) = response.body { bytes } else { [] }
    }

    @Test func `a file has an address that may be kept for good`() throws {
        let url = try files.url(for: "css/a.css")
        #expect(url.wholeMatch(of: #/\/static\/[0-9a-f]{16}\/css\/a\.css/#) != nil)
        let response = try answer(url)
        #expect(body(response) == Array(css.utf8))
        #expect(response.headers.values("Content-Type") == ["text/css; charset=utf-8"])
        #expect(
            response.headers.values("Cache-Control") == ["public, max-age=31536000, immutable"]
        )
        #expect(response.headers.values("X-Content-Type-Options") == ["nosniff"])
        #expect(response.headers.values("Vary") == ["Accept-Encoding"])
    }

    @Test func `another checksum gives the file but not for good`() throws {
        let response = try answer("/static/0000000000000000/css/a.css")
        #expect(body(response) == Array(css.utf8))
        #expect(response.headers.values("Cache-Control") == ["no-cache"])
    }

    @Test(arguments: ["gzip", "br, gzip;q=0.5", "*", "x-gzip", "GZIP ; q=1"])
    func `a browser that takes gzip gets it`(accepted: String) throws {
        let response = try answer(files.url(for: "css/a.css"), ["Accept-Encoding": accepted])
        #expect(response.headers.values("Content-Encoding") == ["gzip"])
        #expect(body(response).count < css.utf8.count / 4)
        #expect(inflated(body(response)) == Array(css.utf8))
    }

    @Test(arguments: [
        "identity", "br", "gzip;q=0", "gzip; q=0.000, br", "*;q=0", "", "gzip;q=0, *",
    ])
    func `a browser that does not take gzip gets the file as it is`(accepted: String) throws {
        let response = try answer(files.url(for: "css/a.css"), ["Accept-Encoding": accepted])
        #expect(response.headers.values("Content-Encoding").isEmpty)
        #expect(body(response) == Array(css.utf8))
    }

    @Test func `what does not become smaller is not compressed`() throws {
        let response = try answer(files.url(for: "tiny.js"), ["Accept-Encoding": "gzip"])
        #expect(body(response) == Array("x".utf8))
    }

    @Test func `a browser that has the file is told so`() throws {
        let url = try files.url(for: "css/a.css")
        let tag = try #require(try answer(url).headers.values("ETag").first)
        for condition in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let response = try answer(url, ["If-None-Match": condition])
            #expect(response.status == .notModified)
            #expect(body(response).isEmpty)
        }
        #expect(try answer(url, ["If-None-Match": "\"x\""]).status == .ok)
        let packed = try answer(url, ["If-None-Match": tag, "Accept-Encoding": "gzip"])
        #expect(packed.status == .ok)
    }

    @Test func `the icon has its fixed address`() throws {
        let response = try answer("/favicon.ico")
        #expect(body(response) == [0, 1, 2])
        #expect(response.headers.values("Cache-Control") == ["public, max-age=86400"])
    }

    @Test(arguments: [
        "/static/", "/static/x", "/static//css/a.css/", "/static/x/.env", "/static/x/.hidden/key",
        "/static/x/css", "/static/x/CSS/a.css",
    ])
    func `what is not a file is not found`(path: String) throws {
        #expect(try answer(path).status == .notFound)
    }

    @Test func `other addresses are for others`() throws {
        #expect(files.response(for: try Request(.get, "/t/acme")) == nil)
        #expect(files.response(for: try Request(.get, "/statics/x")) == nil)
    }

    @Test func `files can only be read`() throws {
        let response = try answer(files.url(for: "css/a.css"), method: .post)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers.values("Allow") == ["GET, HEAD"])
    }

    @Test func `a missing file is an error when its address is asked for`() {
        #expect(throws: StaticFilesError(.missing, path: "b.css")) { try files.url(for: "b.css") }
        #expect(throws: StaticFilesError.self) {
            try StaticFiles(folder: "/nonexistent", checksum: Self.checksum)
        }
        #expect(files.paths == ["css/a.css", "icons/favicon.ico", "tiny.js"])
    }

    /// Inflates gzip with zlib.
    private func inflated(_ bytes: [UInt8]) -> [UInt8] {
        var (input, output) = (bytes, [UInt8](repeating: 0, count: 100_000))
        var stream = z_stream()
        inflateInit2_(&stream, 31, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        return input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let result = inflate(&stream, Z_FINISH)
                return result == Z_STREAM_END ? Array(output.prefix(Int(stream.total_out))) : []
            }
        }
    }
}
