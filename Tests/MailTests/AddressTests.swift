import Testing

@testable import Mail

struct AddressTests {
    private static let plain: [String] = [
        "name@example.com", "a@b", "a.b.c@example.com", "first+tag@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.com", "0@example.com", "no-reply@mail.example.co.uk",
        "x@xn--mnchen-3ya.de", "root@localhost", "a@1and1.com", "a@3com.com", "o'hara@example.ie",
        "\"two words\"@example.com", "\"a@b\"@example.com", "\"q\\\"uote\"@example.com",
        "\"a,b;c<d>\"@example.com", "\"\"@example.com", "\".a..b.\"@example.com",
        "name@[192.0.2.1]", "name@[IPv6:2001:db8::1]", "name@[IPv6:::1]", "name@[IPv6:::]",
        "name@[IPv6:1:2:3:4:5:6:7:8]", "name@[IPv6:::ffff:192.0.2.1]", "name@[IPv6:1::]",
        String(repeating: "a", count: 64) + "@example.com",
        "a@" + String(repeating: "b", count: 63) + ".com",
        "a@" + longDomain(252),
    ]

    private static let international: [(String, String, String, Bool)] = [
        ("name@Example.COM", "name@example.com", "name@example.com", false),
        ("Name@example.com", "Name@example.com", "Name@example.com", false),
        ("  name@example.com ", "name@example.com", "name@example.com", false),
        ("name@müller.de", "name@müller.de", "name@xn--mller-kva.de", false),
        ("name@MÜLLER.de", "name@müller.de", "name@xn--mller-kva.de", false),
        ("name@mu\u{308}ller.de", "name@müller.de", "name@xn--mller-kva.de", false),
        ("name@straße.de", "name@straße.de", "name@xn--strae-oqa.de", false),
        ("name@東京.jp", "name@東京.jp", "name@xn--1lqs71d.jp", false),
        ("müller@example.com", "müller@example.com", "müller@example.com", true),
        ("用户@例え.jp", "用户@例え.jp", "用户@xn--r8jz45g.jp", true),
        ("👨‍👩‍👧@example.com", "👨‍👩‍👧@example.com", "👨‍👩‍👧@example.com", true),
        ("\"mü ller\"@example.com", "\"mü ller\"@example.com", "\"mü ller\"@example.com", true),
    ]

    private static let refused: [(String, AddressFault)] = [
        ("", AddressFault.empty), ("   ", .empty), ("name", .noAt), ("example.com", .noAt),
        ("@example.com", .noLocalPart), ("name@", .noDomain), ("@", .noLocalPart),
        ("a@b@example.com", .severalAt), ("name@@example.com", .severalAt),
        ("Ada <ada@example.com>", .withName), ("<ada@example.com>", .withName),
        ("a@example.com,b@example.com", .several), ("a@example.com; b@example.com", .several),
        ("two words@example.com", .space), ("name@exa mple.com", .space),
        ("na\u{A0}me@example.com", .space), ("na\u{3000}me@example.com", .space),
        (".name@example.com", .dots), ("name.@example.com", .dots), ("a..b@example.com", .dots),
        ("na(me)@example.com", .character), ("na:me@example.com", .character),
        ("na[me@example.com", .character), ("na\\me@example.com", .character),
        ("na\"me@example.com", .character),
        ("\"name@example.com", .quotes), ("\"name\\\"@example.com", .quotes),
        ("\"a\"b@example.com", .quotes), ("\"a\\", .quotes), ("\"", .quotes),
        ("name@\r\nexample.com", .control), ("name@example.com\n", .control),
        ("na\tme@example.com", .control), ("na\0me@example.com", .control),
        ("na\u{85}me@example.com", .control), ("na\u{2028}me@example.com", .control),
        ("na\u{202E}me@example.com", .control), ("na\u{200B}me@example.com", .control),
        ("\"a\r\nb\"@example.com", .control), ("name@exam\u{AD}ple.com", .control),
        ("name@192.0.2.1", .bareNumbers), ("name@example.123", .bareNumbers),
        ("name@[192.0.2]", .addressLiteral), ("name@[192.0.2.256]", .addressLiteral),
        ("name@[192.0.02.1]", .addressLiteral), ("name@[2001:db8::1]", .addressLiteral),
        ("name@[IPv6:1:2:3:4:5:6:7]", .addressLiteral), ("name@[IPv6:1::2::3]", .addressLiteral),
        ("name@[IPv6:1:2:3:4:5:6:7:8:9]", .addressLiteral), ("name@[IPv6::1]", .addressLiteral),
        ("name@[IPv6:12345::]", .addressLiteral), ("name@[IPv6:1:2:3:4::5:6:7:8]", .addressLiteral),
        ("name@[example.com]", .addressLiteral), ("name@[192.0.2.1", .addressLiteral),
        ("name@-a.com", .domain(.hyphen)), ("name@a-.com", .domain(.hyphen)),
        ("name@example..com", .domain(.emptyLabel)), ("name@example.com.", .domain(.emptyLabel)),
        ("name@.com", .domain(.emptyLabel)), ("name@under_score.com", .domain(.character)),
        ("name@exa!mple.com", .domain(.character)), ("name@😀.com", .domain(.character)),
        ("name@\u{301}a.com", .domain(.character)), ("name@ｅxample.com", .domain(.character)),
        ("name@example\u{3002}com", .domain(.character)),
        ("a@" + String(repeating: "b", count: 64) + ".com", .domain(.labelTooLong)),
        (String(repeating: "a", count: 65) + "@example.com", .localPartTooLong),
        (String(repeating: "ü", count: 33) + "@example.com", .localPartTooLong),
        ("a@" + longDomain(253), .tooLong), ("a@" + longDomain(254), .tooLong),
        (String(repeating: "a", count: 500) + "@example.com", .tooLong),
        (String(repeating: "a", count: 501) + "@example.com", .tooLongToRead),
        ("a@" + Array(repeating: "bücher", count: 20).joined(separator: "."), .tooLong),
        ("a@" + Array(repeating: "bücher", count: 60).joined(separator: "."), .tooLong),
    ]

    @Test(arguments: plain)
    func `an ASCII address is kept as it is`(text: String) throws {
        let address = try Address(parsing: text)
        #expect(Array(address.text.utf8) == Array(text.utf8))
        #expect(address.wireText == text)
        #expect(!address.needsSMTPUTF8)
    }

    @Test(arguments: international)
    func `an internationalised address has a readable and a wire form`(
        typed: String,
        text: String,
        wire: String,
        needsSMTPUTF8: Bool
    ) throws {
        let address = try Address(parsing: typed)
        #expect(Array(address.text.utf8) == Array(text.utf8))
        #expect(Array(address.wireText.utf8) == Array(wire.utf8))
        #expect(address.needsSMTPUTF8 == needsSMTPUTF8)
    }

    @Test(arguments: refused)
    func `what is not an address is refused with the reason`(text: String, fault: AddressFault) {
        #expect(throws: MailError.address(fault)) { try Address(parsing: text) }
    }

    @Test func `the reason says what to do`() {
        let noAt = #expect(throws: MailError.self) { try Address(parsing: "name") }
        #expect(noAt?.userText == "Enter an email address with an @, like name@example.com.")
        #expect(noAt?.code == "mail.address.noAt")
        let long = "name@" + longDomain(507)
        let tooLong = #expect(throws: MailError.self) { try Address(parsing: long) }
        #expect(long.utf8.count == 512)
        #expect(tooLong?.userText.contains("SMTP carries at most 254") == true)
        let domain = #expect(throws: MailError.self) { try Address(parsing: "name@a..b") }
        #expect(domain?.userText.hasPrefix("After the @: ") == true)
        #expect(domain?.code == "mail.address.domain.emptyLabel")
    }
}

/// A domain of `count` characters whose labels are short enough.
private func longDomain(_ count: Int) -> String {
    let labels = String(repeating: "abcdefghi.", count: count / 10)
    return String((labels + "abcdefghi").prefix(count - 1)) + "z"
}
