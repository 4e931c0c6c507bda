import Testing

@testable import Templates

struct SpecificationTests {
    @Test(arguments: SpecCase.comments)
    func `comments leave no trace`(_ example: SpecCase) throws {
        #expect(try example.render() == example.expected)
    }

    @Test(arguments: SpecCase.interpolation)
    func `values are printed and escaped`(_ example: SpecCase) throws {
        #expect(try example.render() == example.expected)
    }

    @Test(arguments: SpecCase.inverted)
    func `inverted sections show what is absent`(_ example: SpecCase) throws {
        #expect(try example.render() == example.expected)
    }

    @Test(arguments: SpecCase.partials)
    func `partials are placed and indented`(_ example: SpecCase) throws {
        #expect(try example.render() == example.expected)
    }

    @Test(arguments: SpecCase.sections)
    func `sections repeat, nest and look outwards`(_ example: SpecCase) throws {
        #expect(try example.render() == example.expected)
    }

    /// The specification prints nothing for these; that hides misspelt names, so we refuse them.
    @Test(arguments: SpecCase.misses)
    func `a missing name is an error, not an empty string`(_ example: SpecCase) {
        #expect(throws: TemplateError.self) { try example.render() }
    }

    @Test func `a partial may include itself as deep as the data goes`() throws {
        let set = try TemplateSet(sources: [
            "tree": "{{> node}}",
            "node": "{{content}}<{{#nodes}}{{>node}}{{/nodes}}>",
        ])
        let page = Node(content: "X", nodes: [Node(content: "Y", nodes: [])])
        #expect(try set.render(page) == Array("X<Y<>>".utf8))
    }
}

private struct Node: TemplatePage {
    static let template = "tree"
    let content: String
    let nodes: [Node]

    static let fields: [Field] = [
        Field("content", \.content),
        Field("nodes", \.nodes),
    ]
}
