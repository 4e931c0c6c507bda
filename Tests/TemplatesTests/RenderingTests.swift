import Foundation
import Testing

@testable import Templates

struct RenderingTests {
    @Test(arguments: [
        ("&<>\"'", "&amp;&lt;&gt;&quot;&#39;"),
        ("a & b", "a &amp; b"),
        ("\"\u{301} onfocus=x", "&quot;\u{301} onfocus=x"),
        ("<\u{338}script", "&lt;\u{338}script"),
        ("\r\n<", "\r\n&lt;"),
        ("müßig 🎉 東京", nil),
        ("a text that is longer than what fits into a small string: ü", nil),
        ("", nil),
    ])
    func `text is escaped byte by byte`(text: String, expected: String?) throws {
        let set = try TemplateSet(sources: ["note": "[{{text}}]"])
        let bytes = try set.render(Note(text: text))
        #expect(bytes == Array("[\(expected ?? text)]".utf8))
    }

    @Test func `inner sections see outer names, nearest first`() throws {
        let set = try TemplateSet(sources: [
            "order":
                "{{#lines}}{{name}} of {{owner}}{{#note}} ({{text}}, {{name}}){{/note}}; {{/lines}}"
        ])
        let page = Order(
            name: "order",
            owner: "Ada",
            lines: [
                Line(name: "pens", note: nil), Line(name: "ink", note: Note(text: "blue")),
            ]
        )
        #expect(
            String(decoding: try set.render(page), as: UTF8.self)
                == "pens of Ada; ink of Ada (blue, ink); "
        )
    }

    @Test func `optional and empty text hide their section`() throws {
        let set = try TemplateSet(sources: [
            "hint": "{{#hint}}<{{hint}}>{{/hint}}{{^hint}}-{{/hint}}"
        ])
        #expect(try set.render(Hint(hint: nil)) == Array("-".utf8))
        #expect(try set.render(Hint(hint: "")) == Array("-".utf8))
        #expect(try set.render(Hint(hint: "x")) == Array("<x>".utf8))
    }

    @Test func `optional items that are absent are left out of a list`() throws {
        let set = try TemplateSet(sources: ["sparse": "{{#items}}{{text}},{{/items}}"])
        let page = Sparse(items: [Note(text: "a"), nil, Note(text: "b")])
        #expect(try set.render(page) == Array("a,b,".utf8))
    }

    @Test func `a fragment keeps its markup inside another page`() throws {
        let set = try TemplateSet(sources: [
            "note": "<i>{{text}}</i>", "frame": "<p>{{{body}}}</p>",
        ])
        let page = Frame(body: try set.fragment(Note(text: "<")))
        #expect(try set.render(page) == Array("<p><i>&lt;</i></p>".utf8))
    }

    @Test func `templates are found in folders under their relative names`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }  // only litter is lost
        let inner = folder.appending(path: "partials")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try Data("{{> partials/text}}!".utf8).write(to: folder.appending(path: "note.mustache"))
        try Data("{{text}}".utf8).write(to: inner.appending(path: "text.mustache"))
        try Data("{{".utf8).write(to: folder.appending(path: "note.mustache~"))
        let set = try TemplateSet(folder: folder.path)
        #expect(set.names == ["note", "partials/text"])
        #expect(try set.render(Note(text: "hello")) == Array("hello!".utf8))
    }

    @Test func `a folder that is missing, empty or not UTF-8 is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }  // only litter is lost
        #expect(throws: TemplateError.self) { try TemplateSet(folder: folder.path) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #expect(throws: TemplateError.self) { try TemplateSet(folder: folder.path) }
        try Data([0xFF]).write(to: folder.appending(path: "note.mustache"))
        let error = #expect(throws: TemplateError.self) { try TemplateSet(folder: folder.path) }
        #expect(error?.code == "templates.unreadable")
    }
}

private struct Note: TemplatePage {
    static let template = "note"
    let text: String
    static let fields: [Field] = [Field("text", \.text)]
}

private struct Hint: TemplatePage {
    static let template = "hint"
    let hint: String?
    static let fields: [Field] = [Field("hint", \.hint)]
}

private struct Sparse: TemplatePage {
    static let template = "sparse"
    let items: [Note?]
    static let fields: [Field] = [Field("items", \.items)]
}

private struct Frame: TemplatePage {
    static let template = "frame"
    let body: TrustedHTML
    static let fields: [Field] = [Field("body", \.body)]
}

private struct Order: TemplatePage {
    static let template = "order"
    let name: String
    let owner: String
    let lines: [Line]
    static let fields: [Field] = [
        Field("name", \.name), Field("owner", \.owner), Field("lines", \.lines),
    ]
}

private struct Line: TemplateModel {
    let name: String
    let note: Note?
    static let fields: [Field] = [Field("name", \.name), Field("note", \.note)]
}
