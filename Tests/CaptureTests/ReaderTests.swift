import Foundation
import Testing

@testable import Capture

/// Messages that Python's email package composed, with what it put in.
private struct Composed: Decodable {
    let raw: Data
    let subject: String
    let from: String
    let text: String?
    let html: String?
}

@Suite struct ReaderTests {
    /// Every message is composed with each of the policies and encodings that change its bytes.
    private static let program = """
        import base64, json
        from email.header import Header
        from email.message import EmailMessage, Message
        from email.mime.text import MIMEText
        from email.policy import SMTP
        long = 'Zażółć gęślą jaźń, ' * 12
        subjects = ['Plain', 'Grüße', '🎉 party 👩‍👩‍👧‍👦', '日本語の件名' * 9, long.strip(),
                    'a  b =?not a word?= c', 'ends with =', 'mixed ascii and ümläut words']
        texts = ['short\\n', 'Grüße ☃ 🎉\\n', long * 20 + '\\n', 'trailing blank \\ntab\\t\\n',
                 '.dot\\nFrom here\\n=3D=\\n', '\\n\\nempty lines\\n\\n', 'x' * 3000 + '\\n']
        out = []
        def add(mail, subject, text, html, sender='Zoë Łuk <zoe@example.com>'):
            out.append(dict(raw=base64.b64encode(mail.as_bytes()).decode(), subject=subject,
                            text=text, html=html, **{'from': sender}))
        def new(subject):
            mail = EmailMessage(policy=SMTP)
            mail['Subject'], mail['From'] = subject, 'Zoë Łuk <zoe@example.com>'
            return mail
        for subject in subjects:
            for text in texts:
                for cte in ['quoted-printable', 'base64', '8bit']:
                    if cte == '8bit' and len(text) > 900: continue
                    mail = new(subject)
                    mail.set_content(text, cte=cte)
                    add(mail, subject, text, None)
        for text in texts:
            mail = new('parts')
            mail.set_content(text)
            mail.add_alternative('<p>' + text + '</p>\\n', subtype='html')
            mail.get_payload()[1].add_related(bytes(range(256)), 'image', 'png', cid='<c>')
            mail.add_attachment('not this\\n', filename='früh.txt')
            mail.add_attachment(b'%PDF' * 999, maintype='application', subtype='pdf')
            inner = new('inside')
            inner.set_content('of the attached message\\n')
            mail.add_attachment(inner)
            add(mail, 'parts', text, '<p>' + text + '</p>\\n')
        mail = new('attachment first')
        mail.make_mixed()
        mail.add_attachment('attached\\n')
        body = EmailMessage(policy=SMTP)
        body.set_content('<b>only html</b>\\n', subtype='html')
        mail.attach(body)
        add(mail, 'attachment first', None, '<b>only html</b>\\n')
        mail = new('latin')
        mail.set_content('Grüße ÿ\\n', charset='iso-8859-1')
        add(mail, 'latin', 'Grüße ÿ\\n', None)
        for name in ['utf-8', 'iso-8859-1', 'us-ascii']:
            subject = 'plain ascii, rather long for one line of a header field ' * 3
            if name != 'us-ascii': subject = 'Ümläut ' * 20
            mail = MIMEText('old style\\n', 'plain', 'utf-8')
            mail['Subject'] = Header(subject.strip(), name)
            mail['From'] = 'a@example.com'
            add(mail, subject.strip(), 'old style\\n', None, 'a@example.com')
        print(json.dumps(out))
        """

    @Test func `what Python composed is read back exactly`() async throws {
        let printed = try await Python.run(Self.program)
        let messages = try JSONDecoder().decode([Composed].self, from: Data(printed.utf8))
        #expect(messages.count > 150)
        for message in messages {
            let content = CapturedMessageReader.read(Array(message.raw))
            func field(_ name: String) -> String? {
                content.headers.first { $0.name == name }?.value
            }
            #expect(field("Subject") == message.subject)
            #expect(field("From") == message.from)
            #expect(content.text == message.text)
            #expect(content.html == message.html)
        }
    }

    @Test(arguments: [
        ("=?UTF-8?Q?a_b=21?=", "a b!"),
        ("=?utf-8?b?w7w=?= =?utf-8?q?=C3=B6?=", "üö"),
        ("=?utf-8?b?w7w=?= x =?utf-8?q?=C3=B6?=", "ü x ö"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?utf-8*en?Q?x?=", "x"),
        ("=?iso-8859-1?q?=FC?= =?utf-8?q?=C3=BC?=", "üü"),
        ("=?us-ascii?q?x?=", "x"),
        ("(=?utf-8?q?x?=)", "(x)"),
        ("=?koi8-r?B?8PI=?=", "=?koi8-r?B?8PI=?="),
        ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        ("=?utf-8?q?a b?=", "=?utf-8?q?a b?="),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?=?utf-8?q?x?=", "=?x"),
        ("=?utf-8?q??=", ""),
        ("=?utf-8?q?a=0D=0Ab=00?=", "a\u{FFFD}\u{FFFD}b\u{FFFD}"),
        ("=?utf-8?q?=ZZ=4?=", "=ZZ=4"),
        ("=?utf-8?b?!!?=", ""),
        ("raw ü and \u{1}", "raw ü and \u{FFFD}"),
        ("=?", "=?"), ("=??=", "=??="), ("=???=", "=???="), ("=????=", "=????="), ("?=", "?="),
    ])
    func `a field is decoded`(wire: String, text: String) {
        #expect(EncodedWordDecoder.text(of: Array(wire.utf8)) == text)
    }

    @Test func `fields are unfolded and blanks around them dropped`() {
        let raw = "A:  one\r\n\ttwo \r\nB :x\r\nc:\r\n \r\n: no\r\nD: body\r\n"
        let section = HeaderSection(Array(raw.utf8)[...])
        #expect(section.fields.map(\.name) == ["A", "B", "c"])
        let values = section.fields.map { String(decoding: $0.value, as: UTF8.self) }
        #expect(values == ["one\ttwo", "x", ""])
        #expect(section.body.elementsEqual(": no\r\nD: body\r\n".utf8))
    }
}
