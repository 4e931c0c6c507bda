import EmailSettings
import Mail
import Notifications
import Testing

@Suite struct MessageFormTests {
    private static func form(_ change: (inout MessageForm) -> Void = { _ in }) -> MessageForm {
        var form = MessageForm()
        form.to = ["ada@customer.example"]
        form.subject = "Backup finished"
        form.text = "The nightly backup has finished.\n"
        change(&form)
        return form
    }

    private static func errors(_ form: MessageForm) -> [FieldError] {
        do throws(FormRejection) {
            _ = try form.parse()
            return []
        } catch {
            return error.errors
        }
    }

    @Test func `a message is read as it was written`() throws {
        let draft = try Self.form {
            $0.to = ["Ada Lovelace <ada@customer.example>", #""Hopper, Grace" <grace@b.example>"#]
            $0.cc = ["größe@müller.example"]
            $0.bcc = [" boss@b.example "]
            $0.replyTo = ["help@b.example"]
            $0.subject = "Größe ✓"
            $0.text = "a\tb\r\nc\rd\n"
            $0.html = "<p>a</p>"
            $0.event = "backup.finished"
            $0.notifiesBcc = true
        }.parse()
        #expect(draft.to.map(\.address.text) == ["ada@customer.example", "grace@b.example"])
        #expect(draft.to.map(\.name?.text) == ["Ada Lovelace", "Hopper, Grace"])
        #expect(draft.cc.map(\.address.asciiDomain) == ["xn--mller-kva.example"])
        #expect(draft.bcc.map(\.address.text) == ["boss@b.example"])
        #expect(draft.replyTo.map(\.address.text) == ["help@b.example"])
        #expect(draft.subject.text == "Größe ✓")
        #expect(draft.text == "a\tb\r\nc\rd\n")
        #expect(draft.html == "<p>a</p>")
        #expect(draft.event == "backup.finished")
        #expect(draft.notifiesBcc && !draft.notifiesCc)
        #expect(try Self.form().parse().html == nil)
    }

    @Test func `everything that is wrong is said at once, an entry of a list by its place`() {
        let form = Self.form {
            $0.to = ["ada@customer.example", "ada"]
            $0.cc = ["a@b.example, c@d.example", "a@b.example"]
            $0.bcc = [""]
            $0.replyTo = ["Ada <ada@b.example> x"]
            $0.subject = " "
            $0.text = ""
            $0.html = "a\u{0}b"
            $0.event = "a\nb"
        }
        let errors = Self.errors(form)
        #expect(
            errors.map { "\($0.field) \($0.code)" } == [
                "to[1] address", "cc[0] address", "bcc[0] address", "replyTo[0] address",
                "subject required", "text required", "html control", "event control",
            ]
        )
        #expect(
            errors[0].message == "Entry 2 of to: Enter an email address with an @, "
                + "like name@example.com."
        )
        #expect(
            errors[1].message == "Entry 1 of cc: Enter one address; others are entries of "
                + "their own."
        )
    }

    @Test(arguments: [
        "ada@b.example\r\nBcc: eve@e.example", "ada@b.example\n", "\rada@b.example",
        "Ada\r\nBcc: eve <ada@b.example>", "\"Ada\r\nBcc: eve\" <ada@b.example>",
        "ada@b.example\u{0}", "ada@b.example\u{85}", "ada@b.example\u{2028}eve@e.example",
        "ada@b.example\tx", "<ada@b.example>\r\n.\r\nMAIL FROM:<>",
    ])
    func `a line break or a control character in an address is refused`(text: String) {
        for path: WritableKeyPath<MessageForm, [String]> in [\.to, \.cc, \.bcc, \.replyTo] {
            let form = Self.form { $0[keyPath: path] = [text] }
            let errors = Self.errors(form)
            #expect(errors.count == 1)
            #expect(errors[0].message.utf8.count < 120)
            #expect(errors[0].message.contains("line breaks and control characters"))
        }
    }

    @Test func `limits hold at their edges`() throws {
        let entry = "a@b.example"
        let subject = String(repeating: "s", count: MessageDraft.longestSubject)
        let text = String(repeating: "é", count: MessageDraft.longestText / 2)
        let event = String(repeating: "é", count: MessageDraft.longestEvent)
        let most = try Self.form {
            $0.to = Array(repeating: entry, count: 50)
            $0.cc = Array(repeating: entry, count: 30)
            $0.bcc = Array(repeating: entry, count: 20)
            $0.replyTo = Array(repeating: entry, count: 10)
            $0.subject = subject
            $0.text = text
            $0.html = text
            $0.event = event
        }.parse()
        #expect(most.to.count + most.cc.count + most.bcc.count == MessageDraft.mostRecipients)
        let beyond = Self.form {
            $0.to = Array(repeating: entry, count: 50)
            $0.cc = Array(repeating: entry, count: 30)
            $0.bcc = Array(repeating: entry, count: 21)
            $0.replyTo = Array(repeating: entry, count: 11)
            $0.subject = subject + "s"
            $0.text = text + "s"
            $0.html = text + "s"
            $0.event = event + "s"
        }
        #expect(
            Self.errors(beyond).map { "\($0.field) \($0.code)" } == [
                "subject tooLong", "text tooLong", "html tooLong", "event tooLong", "to tooMany",
                "replyTo tooMany",
            ]
        )
        let far = Self.form { $0.to = Array(repeating: "x", count: 100_000) }
        #expect(Self.errors(far).count == MessageDraft.mostRecipients + 1)
    }
}
