import Testing

@testable import HTTP

@Suite struct ResponseTests {
    @Test(arguments: ["a\r\nb", "a\nb", "a\rb", "a\0b", "a\u{7f}", "\u{1b}"])
    func `a value with a control character is no header value`(text: String) {
        #expect(HeaderValue(text) == nil)
    }

    @Test func `a redirect cannot break out of its line`() {
        let response = Response.redirect(to: "/a b\r\nSet-Cookie: x=1/é?q=1#f")
        #expect(response.status == .seeOther)
        #expect(
            response.headers.values("location")
                == ["/a%20b%0D%0ASet-Cookie:%20x=1/%C3%A9?q=1#f"]
        )
        #expect(response.headers.values("Set-Cookie").isEmpty)
    }

    @Test func `a cookie has its attributes`() throws {
        var cookie = try #require(ResponseCookie("__Host-session", "abc"))
        cookie.maximumAge = .seconds(3600)
        cookie.sameSite = .strict
        var response = Response.text("")
        response.setCookie(cookie)
        response.setCookie(try #require(ResponseCookie.removal(of: "old", isSecure: false)))
        #expect(
            response.headers.values("Set-Cookie") == [
                "__Host-session=abc; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Strict",
                "old=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
            ]
        )
    }

    @Test(arguments: ["a;b", "a b", "a,b", "a\"b", "a\\b", "é", "a\r\n"])
    func `a cookie value is made of cookie characters`(value: String) {
        #expect(ResponseCookie("a", value) == nil)
        #expect(ResponseCookie("a b", "1") == nil)
    }

    @Test func `a file name of any text is safe in a download`() {
        let response = Response.download([1], type: "application/zip", fileName: "a\"\r\né.zip")
        #expect(
            response.headers.values("Content-Disposition")
                == ["attachment; filename*=UTF-8''a%22%0D%0A%C3%A9.zip"]
        )
    }

    @Test func `a page has the security fields and HTTPS adds one`() {
        var plain = Response.html([])
        SecurityHeaders.apply(to: &plain, isSecure: false)
        var secure = Response.html([])
        SecurityHeaders.apply(to: &secure, isSecure: true)
        let policy = plain.headers.values("Content-Security-Policy").first ?? ""
        #expect(policy.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self';"))
        #expect(policy.hasSuffix("base-uri 'none'; frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(plain.headers.values("Cache-Control") == ["no-store"])
        #expect(plain.headers.values("Referrer-Policy") == ["same-origin"])
        #expect(plain.headers.values("Strict-Transport-Security").isEmpty)
        #expect(secure.headers.values("Strict-Transport-Security") == ["max-age=31536000"])
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ])
    func `a date is written as RFC 9110 says`(seconds: Int, text: String) {
        #expect(DateField.text(seconds) == text)
    }

    @Test(arguments: [0, 9, 10, 99, 100, 8192, 1_048_576, Int.max])
    func `a length is written in decimal`(number: Int) {
        var bytes: [UInt8] = []
        ResponseHead.appendDecimal(number, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "\(number)")
    }
}
