import Observability
import Testing

@testable import SecretProviders

@Suite struct VaultJSONTests {
    private func parse(_ text: String) -> VaultJSON? { VaultJSON(secret(text)) }

    @Test func `texts come out as the bytes that they stand for`() throws {
        let json = try #require(
            parse(#"{"a":"q\"\\\/\b\f\n\r\t","b":"\u00e4\u20AC\ud83d\ude00","c":"ä€😀","d":""}"#)
        )
        #expect(json["a"]?.secret?.text == "q\"\\/\u{8}\u{C}\n\r\t")
        #expect(json["b"]?.secret?.text == "ä€😀")
        #expect(json["c"]?.secret?.text == "ä€😀")
        #expect(json["d"]?.secret?.text == "")
        #expect(try #require(parse(#""\ud83d""#)).secret?.text == "\u{FFFD}")
        #expect(try #require(parse(#""\ude00\u0041""#)).secret?.text == "\u{FFFD}A")
        #expect(try #require(parse(#""\ud83dx""#)).secret?.text == "\u{FFFD}x")
    }

    @Test func `numbers of all kinds, flags, lists and null are read`() throws {
        let json = try #require(
            parse(#" {"n":-12, "f":1.50e+3,"t":true,"x":null,"l":["a",2,{"z":0}],"o":{"n":7}} "#)
        )
        #expect(json["n"]?.number == -12)
        #expect(json["f"]?.number == nil)
        #expect(json["f"]?.secret?.text == "1.50e+3")
        #expect(json["t"]?.flag == true)
        #expect(json["t"]?.secret == nil)
        #expect(json["x"] == nil)
        #expect(json["l"]?.shown == "a; 2")
        #expect(json["l"]?.elements?.count == 3)
        #expect(json["o"]?["n"]?.number == 7)
        #expect(json["o"]?.secret == nil)
        #expect(json.names == ["n", "f", "t", "x", "l", "o"])
        #expect(try #require(parse(#"{"a":1,"a":2}"#))["a"]?.number == 1)
    }

    @Test(arguments: [
        "", " ", "{", "[", "}", "{]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "\"a", "\"\\x\"",
        "\"\\u12g4\"", "\"\\u12\"", "\"\\\"", "\"\n\"", "1 2", "tru", "-", "1.", "1e", ".5", "+1",
        "nul", "{\"a\":1}x", String(repeating: "[", count: 40),
        String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    ])
    func `what is no JSON is none`(_ text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `nothing of it is printed`() throws {
        let json = try #require(parse(#"{"a":"the-secret"}"#))
        #expect(!"\(json)".contains("the-secret"))
        #expect(!String(reflecting: json).contains("the-secret"))
    }
}
