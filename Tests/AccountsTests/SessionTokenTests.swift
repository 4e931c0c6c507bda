import Cryptography
import Testing

@testable import Accounts

@Suite struct SessionTokenTests {
    @Test func `a token comes back from its cookie and from nothing else`() throws {
        let token = SessionToken(random: .system)
        let again = try #require(SessionToken(cookie: token.cookie))
        #expect(again.hash == token.hash)
        #expect(again.formToken == token.formToken)
        #expect(SessionToken(cookie: "") == nil)
        #expect(SessionToken(cookie: String(token.cookie.dropLast())) == nil)
        #expect(SessionToken(cookie: token.cookie + "A") == nil)
        #expect(SessionToken(cookie: "\(token.cookie)\r\n") == nil)
    }

    @Test func `a form's token belongs to one session and does not tell it`() {
        let token = SessionToken(random: .system)
        let other = SessionToken(random: .system)
        #expect(token.accepts(formToken: token.formToken))
        #expect(!token.accepts(formToken: other.formToken))
        #expect(!token.accepts(formToken: ""))
        #expect(!token.accepts(formToken: token.cookie))
        #expect(token.formToken != token.cookie)
    }

    @Test func `printing a token tells nothing`() {
        let token = SessionToken(random: .system)
        #expect(!"\(token)".contains(token.cookie))
        #expect(!String(reflecting: token).contains(token.cookie))
    }
}
