import Testing

@testable import Mail

struct HostNameTests {
    private static let accepted: [(String, String, String)] = [
        ("Mail.Example.COM", "mail.example.com", "mail.example.com"),
        ("bücher.example", "bücher.example", "xn--bcher-kva.example"),
        ("BU\u{308}CHER.example", "bücher.example", "xn--bcher-kva.example"),
        ("\u{212A}elvin.example", "kelvin.example", "kelvin.example"),
        ("пример.рф", "пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("ελλάδα.ευ", "ελλάδα.ευ", "xn--hxakic4aa.xn--qxa6a"),
        ("भारत.example", "भारत.example", "xn--h2brj9c.example"),
    ]

    private static let refused: [(String, HostNameFault)] = [
        ("", HostNameFault.empty), (".", .emptyLabel), ("a.", .emptyLabel), ("-a", .hyphen),
        ("a-", .hyphen), ("a b", .character), ("a\r\nb", .character), ("a_b", .character),
        ("a/b", .character), ("a:25", .character), ("[::1]", .character),
        ("a\u{202E}b", .character), ("ﬁ.example", .character),
        (String(repeating: "a", count: 64), .labelTooLong),
        (String(repeating: "ü", count: 63), .labelTooLong),
        (String(repeating: "a.", count: 126) + "ab", .tooLong),
        (String(repeating: "a.", count: 1000), .tooLong),
    ]

    /// RFC 3492 section 7.1, and names that are registered.
    @Test(arguments: [
        ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
        ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
        ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
        ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
        ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
        ("安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
        ("TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
        ("bücher", "bcher-kva"),
    ])
    func `labels are encoded as RFC 3492 does`(label: String, expected: String) {
        let encoded = Punycode.encode(Array(label.unicodeScalars))
        #expect(String(decoding: encoded, as: UTF8.self) == expected)
    }

    @Test(arguments: accepted)
    func `a host name has a readable and an ASCII form`(
        typed: String,
        text: String,
        ascii: String
    ) throws {
        let host = try HostName(parsing: typed)
        #expect(Array(host.text.utf8) == Array(text.utf8))
        #expect(host.ascii == ascii)
    }

    @Test(arguments: refused)
    func `what is not a host name is refused with the reason`(text: String, fault: HostNameFault) {
        #expect(throws: MailError.hostName(fault)) { try HostName(parsing: text) }
    }
}
