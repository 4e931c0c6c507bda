extension SpecCase {
    static let partials: [SpecCase] = [
        SpecCase(
            "Basic Behavior",
            "\"{{>text}}\"",
            [:],
            partials: ["text": "from partial"],
            is: "\"from partial\""
        ),
        SpecCase(
            "Context",
            "\"{{>partial}}\"",
            ["text": "content"],
            partials: ["partial": "*{{text}}*"],
            is: "\"*content*\""
        ),
        SpecCase(
            "Nested",
            "{{>outer}}",
            ["a": "hello", "b": "world"],
            partials: ["outer": "*{{a}} {{>inner}}*", "inner": "{{b}}!"],
            is: "*hello world!*"
        ),
        SpecCase(
            "Surrounding Whitespace",
            "| {{>partial}} |",
            [:],
            partials: ["partial": "\t|\t"],
            is: "| \t|\t |"
        ),
        SpecCase(
            "Inline Indentation",
            "  {{data}}  {{> partial}}\n",
            ["data": "|"],
            partials: ["partial": ">\n>"],
            is: "  |  >\n>\n"
        ),
        SpecCase(
            "Standalone Line Endings",
            "|\r\n{{>partial}}\r\n|",
            [:],
            partials: ["partial": ">"],
            is: "|\r\n>|"
        ),
        SpecCase(
            "Standalone Without Previous Line",
            "  {{>partial}}\n>",
            [:],
            partials: ["partial": ">\n>"],
            is: "  >\n  >>"
        ),
        SpecCase(
            "Standalone Without Newline",
            ">\n  {{>partial}}",
            [:],
            partials: ["partial": ">\n>"],
            is: ">\n  >\n  >"
        ),
        SpecCase(
            "Standalone Indentation",
            "\\\n {{>partial}}\n/\n",
            ["content": "<\n->"],
            partials: ["partial": "|\n{{{content}}}\n|\n"],
            raw: true,
            is: "\\\n |\n <\n->\n |\n/\n"
        ),
        SpecCase(
            "Padding Whitespace",
            "|{{> partial }}|",
            ["boolean": true],
            partials: ["partial": "[]"],
            is: "|[]|"
        ),
    ]
}
