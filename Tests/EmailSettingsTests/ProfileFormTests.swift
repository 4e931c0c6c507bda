import SMTP
import Testing

@testable import EmailSettings

@Suite struct ProfileFormTests {
    private func form(_ change: (inout ProfileForm) -> Void) -> ProfileForm {
        var form = ProfileForm()
        form[.name] = "Main"
        form[.host] = "mail.example.com"
        form[.fromAddress] = "a@example.com"
        change(&form)
        return form
    }

    private func fields(_ form: ProfileForm) -> [String] {
        do {
            _ = try form.parse()
            return []
        } catch { return error.errors.map(\.field) }
    }

    @Test(arguments: [
        (TLSMode.none, UInt16(25)), (.automatic, 25), (.startTLS, 587), (.implicit, 465),
    ])
    func `an empty port follows the encryption`(_ tls: TLSMode, _ port: UInt16) throws {
        let draft = try form {
            $0[.tls] = tls.rawValue
            $0[.port] = ""
        }.parse()
        #expect(draft.port == port)
    }

    @Test func `limits hold at their edges`() {
        #expect(fields(form { $0[.name] = String(repeating: "ä", count: 64) }) == [])
        #expect(fields(form { $0[.name] = String(repeating: "ä", count: 65) }) == ["name"])
        #expect(fields(form { $0[.description] = String(repeating: "d", count: 500) }) == [])
        #expect(
            fields(form { $0[.description] = String(repeating: "d", count: 501) }) == [
                "description"
            ]
        )
        for port in ["1", "65535", " 25 "] {
            #expect(fields(form { $0[.port] = port }) == [], "\(port)")
        }
        for port in ["0", "65536", "+25", "2 5", "٢٥", "1e3"] {
            #expect(fields(form { $0[.port] = port }) == ["port"], "\(port)")
        }
        for seconds in ["1", "255"] {
            #expect(fields(form { $0[.timeoutSeconds] = seconds }) == [])
        }
        for seconds in ["0", "256", "-1"] {
            #expect(fields(form { $0[.timeoutSeconds] = seconds }) == ["timeoutSeconds"])
        }
    }

    @Test func `line ends pass nowhere, however they are written`() {
        for end in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}"] {
            #expect(fields(form { $0[.name] = "a\(end)b" }) == ["name"])
            #expect(fields(form { $0[.fromName] = "a\(end)b" }) == ["fromName"])
            #expect(
                fields(form { $0[.fromAddress] = "a@example.com\(end)Bcc: b@example.com" }) == [
                    "fromAddress"
                ]
            )
            #expect(fields(form { $0[.host] = "a.example\(end)" }) == ["host"])
            #expect(fields(form { $0[.heloName] = "a.example\(end)" }) == ["heloName"])
        }
    }

    @Test func `without a host email is off and the From address may wait`() throws {
        let draft = try form {
            $0[.host] = ""
            $0[.fromAddress] = ""
        }.parse()
        #expect(draft.host == nil)
        #expect(fields(form { $0[.fromAddress] = "" }) == ["fromAddress"])
    }

    @Test func `an IPv6 address without brackets is told what is missing`() {
        #expect(fields(form { $0[.host] = "[2001:db8::25]" }) == [])
        do {
            _ = try form { $0[.host] = "2001:db8::25" }.parse()
            Issue.record("it was accepted")
        } catch { #expect(error.errors.first?.code == "brackets") }
    }

    @Test(arguments: ["[fe80::1%eth0]", "fe80::1%eth0"])
    func `an address with a zone is refused with the reason`(host: String) {
        do {
            _ = try form { $0[.host] = host }.parse()
            Issue.record("it was accepted")
        } catch {
            #expect(error.errors.first?.code == "zone")
            #expect(error.errors.first?.message.contains("one link") == true)
        }
    }
}
