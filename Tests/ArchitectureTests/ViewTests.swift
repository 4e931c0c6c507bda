import Console
import Foundation
import Templates
import Testing

@Suite struct ViewTests {
    let views: [String: SourceFile]

    init() throws {
        let files = try Repository.files("Views", ".mustache")
        views = Dictionary(
            uniqueKeysWithValues: files.map { file in
                (String(file.path.dropFirst("Views/".count).dropLast(".mustache".count)), file)
            }
        )
    }

    private func text(_ name: String) -> String {
        views[name]?.lines.joined(separator: "\n") ?? ""
    }

    /// The names of the partials that `text` includes itself.
    private func partials(in text: String) -> [String] {
        text.matches(of: #/\{\{>\s*([^\s}]+)\s*\}\}/#).map { String($0.output.1) }
    }

    /// The template with its partials in place, eight levels deep at most.
    private func resolved(_ text: String, _ depth: Int = 0) -> String {
        guard depth < 8 else { return text }
        return text.replacing(#/\{\{>\s*([^\s}]+)\s*\}\}/#) { match in
            resolved(self.text(String(match.output.1)), depth + 1)
        }
    }

    @Test func `every page type fits its template`() throws {
        try TemplateSet(folder: Repository.root + "/Views").check(pages: AllPages.types)
    }

    @Test func `every template is a page's or a partial of one`() {
        var used = Set(AllPages.types.map { $0.template })
        var waiting = Array(used)
        while let name = waiting.popLast() {
            let new = Set(partials(in: text(name))).subtracting(used)
            used.formUnion(new)
            waiting += new
        }
        #expect(Set(views.keys).subtracting(used) == [])
        #expect(used.subtracting(views.keys) == [])
    }

    @Test func `every form that posts carries the CSRF token`() throws {
        var forms = 0
        for name in views.keys.sorted() {
            for part in resolved(text(name)).components(separatedBy: "<form").dropFirst() {
                let form = part.components(separatedBy: "</form>")[0]
                let tag = form.components(separatedBy: ">")[0]
                let method = try #require(tag.firstMatch(of: #/method="([a-z]+)"/#), "\(name)")
                guard method.output.1 == "post" else { continue }
                forms += 1
                #expect(form.contains(#"name="csrf" value="{{csrf}}""#), "\(name): <form\(tag)>")
            }
        }
        #expect(forms >= 10)
    }

    @Test func `no template has style, script or unescaped text of its own`() {
        let files = views.values.sorted { $0.path < $1.path }
        let patterns = [
            " style=", "<style", "{{{", "{{&", "javascript:", " onclick=", " onload=", " onsubmit=",
            " onchange=", " oninput=", " onerror=", " onfocus=",
        ]
        #expect(findings(of: patterns, in: files) == [])
        for file in files {
            let text = file.lines.joined(separator: "\n")
            for script in text.matches(of: #/<script([^>]*)>([^<]*)</#) {
                #expect(script.output.1.contains("src="), "\(file.path)")
                #expect(script.output.2.allSatisfy { $0.isWhitespace }, "\(file.path)")
            }
        }
    }
}
