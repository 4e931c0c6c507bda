extension SpecCase {
    static let inverted: [SpecCase] = [
        SpecCase(
            "Falsey",
            "\"{{^boolean}}This should be rendered.{{/boolean}}\"",
            ["boolean": false],
            is: "\"This should be rendered.\""
        ),
        SpecCase(
            "Truthy",
            "\"{{^boolean}}This should not be rendered.{{/boolean}}\"",
            ["boolean": true],
            is: "\"\""
        ),
        SpecCase(
            "Null is falsey",
            "\"{{^null}}This should be rendered.{{/null}}\"",
            ["null": nil],
            is: "\"This should be rendered.\""
        ),
        SpecCase(
            "Empty List",
            "\"{{^list}}Yay lists!{{/list}}\"",
            ["list": []],
            is: "\"Yay lists!\""
        ),
        SpecCase(
            "Doubled",
            "{{^bool}}\n* first\n{{/bool}}\n* {{two}}\n{{^bool}}\n* third\n{{/bool}}\n",
            ["bool": false, "two": "second"],
            is: "* first\n* second\n* third\n"
        ),
        SpecCase(
            "Nested (Falsey)",
            "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |",
            ["bool": false],
            is: "| A B C D E |"
        ),
        SpecCase(
            "Nested (Truthy)",
            "| A {{^bool}}B {{^bool}}C{{/bool}} D{{/bool}} E |",
            ["bool": true],
            is: "| A  E |"
        ),
        SpecCase(
            "Dotted Names - Truthy",
            "\"{{^a.b.c}}Not Here{{/a.b.c}}\" == \"\"",
            ["a": ["b": ["c": true]]],
            is: "\"\" == \"\""
        ),
        SpecCase(
            "Dotted Names - Falsey",
            "\"{{^a.b.c}}Not Here{{/a.b.c}}\" == \"Not Here\"",
            ["a": ["b": ["c": false]]],
            is: "\"Not Here\" == \"Not Here\""
        ),
        SpecCase(
            "Surrounding Whitespace",
            " | {{^boolean}}\t|\t{{/boolean}} | \n",
            ["boolean": false],
            is: " | \t|\t | \n"
        ),
        SpecCase(
            "Internal Whitespace",
            " | {{^boolean}} {{! Important Whitespace }}\n {{/boolean}} | \n",
            ["boolean": false],
            is: " |  \n  | \n"
        ),
        SpecCase(
            "Indented Inline Sections",
            " {{^boolean}}NO{{/boolean}}\n {{^boolean}}WAY{{/boolean}}\n",
            ["boolean": false],
            is: " NO\n WAY\n"
        ),
        SpecCase(
            "Standalone Lines",
            "| This Is\n{{^boolean}}\n|\n{{/boolean}}\n| A Line\n",
            ["boolean": false],
            is: "| This Is\n|\n| A Line\n"
        ),
        SpecCase(
            "Standalone Indented Lines",
            "| This Is\n  {{^boolean}}\n|\n  {{/boolean}}\n| A Line\n",
            ["boolean": false],
            is: "| This Is\n|\n| A Line\n"
        ),
        SpecCase(
            "Standalone Line Endings",
            "|\r\n{{^boolean}}\r\n{{/boolean}}\r\n|",
            ["boolean": false],
            is: "|\r\n|"
        ),
        SpecCase(
            "Standalone Without Previous Line",
            "  {{^boolean}}\n^{{/boolean}}\n/",
            ["boolean": false],
            is: "^\n/"
        ),
        SpecCase(
            "Standalone Without Newline",
            "^{{^boolean}}\n/\n  {{/boolean}}",
            ["boolean": false],
            is: "^\n/\n"
        ),
        SpecCase(
            "Padding",
            "|{{^ boolean }}={{/ boolean }}|",
            ["boolean": false],
            is: "|=|"
        ),
    ]
}
