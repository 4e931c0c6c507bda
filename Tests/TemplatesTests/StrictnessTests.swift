import Testing

@testable import Templates

struct StrictnessTests {
    @Test(arguments: [
        ("{{=<% %>=}}", 1, "set-delimiter tags are not supported"),
        ("a\n{{#open}}", 2, "section {{#open}} is never closed"),
        ("{{/shut}}", 1, "{{/shut}} closes a section that was never opened"),
        ("{{#a}}{{#b}}\n{{/a}}{{/b}}", 2, "{{/a}} stands where {{/b}} is due"),
        ("\n\n{{name", 3, "tag is never closed"),
        ("{{{name}}", 1, "{{{ needs }}} to close it"),
        ("{{{name}} }", 1, "{{{ needs }}} to close it"),
        ("{{}}", 1, "\"\" is not a name"),
        ("{{a..b}}", 1, "\"a..b\" is not a name"),
        ("{{two words}}", 1, "\"two words\" is not a name"),
        ("{{$block}}", 1, "\"$block\" is not a name"),
        ("{{> ../secret}}", 1, "\"../secret\" is not the name of a partial"),
        ("{{> /etc}}", 1, "\"/etc\" is not the name of a partial"),
        ("x\r\n{{> nowhere}}", 2, "there is no partial nowhere"),
    ])
    func `a template that breaks the syntax is refused with its line`(
        source: String,
        line: Int,
        message: String
    ) {
        let error = #expect(throws: TemplateError.self) {
            try TemplateSet(sources: ["page": source])
        }
        #expect(error?.kind == .syntax)
        #expect(
            error?.findings == [TemplateFinding(template: "page", line: line, message: message)]
        )
    }

    @Test(arguments: [
        ("{{missing}}", "the page has no field missing"),
        ("{{#missing}}{{also}}{{/missing}}", "the page has no field missing"),
        ("{{^missing}}{{/missing}}", "the page has no field missing"),
        ("{{#rows}}{{missing}}{{/rows}}", "the page has no field missing"),
        ("{{#rows}}{{label}}{{/rows}}{{label}}", "the page has no field label"),
        ("{{first.missing}}", "first.missing: Row has no field missing"),
        ("{{title.length}}", "title.length: text has no field length"),
        ("{{{title}}}", "title is text; write {{title}} to escape it"),
        ("{{&title}}", "title is text; write {{title}} to escape it"),
        ("{{markup}}", "markup is trusted HTML; write {{{markup}}}"),
        ("{{isOpen}}", "isOpen is a flag, not text"),
        ("{{rows}}", "rows is a list of Row, not text"),
        ("{{first}}", "first is optional Row, not text"),
        ("{{.}}", ". is Page, not text"),
    ])
    func `a tag without its field is found before any page is rendered`(
        source: String,
        message: String
    ) throws {
        let set = try TemplateSet(sources: ["page": "\n" + source])
        let expected = [TemplateFinding(template: "page", line: 2, message: message)]
        let atCheck = #expect(throws: TemplateError.self) { try set.check(page: Page.self) }
        #expect(atCheck?.findings == expected)
        #expect(atCheck?.kind == .mismatch)
        let atRender = #expect(throws: TemplateError.self) { try set.render(Page()) }
        #expect(atRender?.findings == expected)
    }

    @Test func `every wrong tag is reported, in partials with the partial's own line`() throws {
        let set = try TemplateSet(sources: [
            "page": "{{one}}\n{{#rows}}\n{{> partials/row}}\n{{/rows}}\n{{two}}",
            "partials/row": "{{label}}\n{{three}}",
        ])
        let error = #expect(throws: TemplateError.self) { try set.check(pages: [Page.self]) }
        #expect(
            error?.operatorText == """
                page:1: the page has no field one
                partials/row:2: the page has no field three
                page:5: the page has no field two
                """
        )
    }

    @Test func `a page type that lists a name twice is refused`() throws {
        let set = try TemplateSet(sources: ["twice": "{{name}}"])
        let error = #expect(throws: TemplateError.self) { try set.check(page: Twice.self) }
        #expect(error?.findings.map(\.message) == ["the field Twice.name is listed twice"])
    }

    @Test func `a page without a template is refused`() throws {
        let set = try TemplateSet(sources: ["other": ""])
        let error = #expect(throws: TemplateError.self) { try set.render(Page()) }
        #expect(error?.findings.map(\.message) == ["there is no such template"])
    }

    @Test(arguments: ["{{> page}}", "{{#title}}{{> page}}{{/title}}", " {{> page}}"])
    func `partials without end are stopped`(source: String) throws {
        let set = try TemplateSet(sources: ["page": source])
        #expect(throws: TemplateError.self) { try set.render(Page()) }
    }
}

private struct Page: TemplatePage {
    static let template = "page"
    var title = "Email"
    var isOpen = true
    var markup = TrustedHTML(literal: "<b>")
    var first: Row?
    var rows: [Row] = []

    static let fields: [Field] = [
        Field("title", \.title),
        Field("isOpen", \.isOpen),
        Field("markup", \.markup),
        Field("first", \.first),
        Field("rows", \.rows),
    ]
}

private struct Row: TemplateModel {
    let label: String
    static let fields: [Field] = [Field("label", \.label)]
}

private struct Twice: TemplatePage {
    static let template = "twice"
    let name: String
    static let fields: [Field] = [Field("name", \.name), Field("name", \.name)]
}
