extension SpecCase {
    static let interpolation: [SpecCase] = [
        SpecCase(
            "No Interpolation",
            "Hello from {Mustache}!\n",
            [:],
            is: "Hello from {Mustache}!\n"
        ),
        SpecCase(
            "Basic Interpolation",
            "Hello, {{subject}}!\n",
            ["subject": "world"],
            is: "Hello, world!\n"
        ),
        SpecCase(
            "No Re-interpolation",
            "{{template}}: {{planet}}",
            ["template": "{{planet}}", "planet": "Earth"],
            is: "{{planet}}: Earth"
        ),
        SpecCase(
            "HTML Escaping",
            "These characters should be HTML escaped: {{forbidden}}\n",
            ["forbidden": "& \" < >"],
            is: "These characters should be HTML escaped: &amp; &quot; &lt; &gt;\n"
        ),
        SpecCase(
            "Triple Mustache",
            "These characters should not be HTML escaped: {{{forbidden}}}\n",
            ["forbidden": "& \" < >"],
            raw: true,
            is: "These characters should not be HTML escaped: & \" < >\n"
        ),
        SpecCase(
            "Ampersand",
            "These characters should not be HTML escaped: {{&forbidden}}\n",
            ["forbidden": "& \" < >"],
            raw: true,
            is: "These characters should not be HTML escaped: & \" < >\n"
        ),
        SpecCase(
            "Basic Integer Interpolation",
            "\"{{mph}} miles an hour!\"",
            ["mph": "85"],
            is: "\"85 miles an hour!\""
        ),
        SpecCase(
            "Triple Mustache Integer Interpolation",
            "\"{{{mph}}} miles an hour!\"",
            ["mph": "85"],
            raw: true,
            is: "\"85 miles an hour!\""
        ),
        SpecCase(
            "Ampersand Integer Interpolation",
            "\"{{&mph}} miles an hour!\"",
            ["mph": "85"],
            raw: true,
            is: "\"85 miles an hour!\""
        ),
        SpecCase(
            "Basic Decimal Interpolation",
            "\"{{power}} jiggawatts!\"",
            ["power": "1.21"],
            is: "\"1.21 jiggawatts!\""
        ),
        SpecCase(
            "Triple Mustache Decimal Interpolation",
            "\"{{{power}}} jiggawatts!\"",
            ["power": "1.21"],
            raw: true,
            is: "\"1.21 jiggawatts!\""
        ),
        SpecCase(
            "Ampersand Decimal Interpolation",
            "\"{{&power}} jiggawatts!\"",
            ["power": "1.21"],
            raw: true,
            is: "\"1.21 jiggawatts!\""
        ),
        SpecCase(
            "Basic Null Interpolation",
            "I ({{cannot}}) be seen!",
            ["cannot": nil],
            is: "I () be seen!"
        ),
        SpecCase(
            "Triple Mustache Null Interpolation",
            "I ({{{cannot}}}) be seen!",
            ["cannot": nil],
            raw: true,
            is: "I () be seen!"
        ),
        SpecCase(
            "Ampersand Null Interpolation",
            "I ({{&cannot}}) be seen!",
            ["cannot": nil],
            raw: true,
            is: "I () be seen!"
        ),
        SpecCase(
            "Dotted Names - Basic Interpolation",
            "\"{{person.name}}\" == \"{{#person}}{{name}}{{/person}}\"",
            ["person": ["name": "Joe"]],
            is: "\"Joe\" == \"Joe\""
        ),
        SpecCase(
            "Dotted Names - Triple Mustache Interpolation",
            "\"{{{person.name}}}\" == \"{{#person}}{{{name}}}{{/person}}\"",
            ["person": ["name": "Joe"]],
            raw: true,
            is: "\"Joe\" == \"Joe\""
        ),
        SpecCase(
            "Dotted Names - Ampersand Interpolation",
            "\"{{&person.name}}\" == \"{{#person}}{{&name}}{{/person}}\"",
            ["person": ["name": "Joe"]],
            raw: true,
            is: "\"Joe\" == \"Joe\""
        ),
        SpecCase(
            "Dotted Names - Arbitrary Depth",
            "\"{{a.b.c.d.e.name}}\" == \"Phil\"",
            ["a": ["b": ["c": ["d": ["e": ["name": "Phil"]]]]]],
            is: "\"Phil\" == \"Phil\""
        ),
        SpecCase(
            "Dotted Names - Initial Resolution",
            "\"{{#a}}{{b.c.d.e.name}}{{/a}}\" == \"Phil\"",
            [
                "a": ["b": ["c": ["d": ["e": ["name": "Phil"]]]]],
                "b": ["c": ["d": ["e": ["name": "Wrong"]]]],
            ],
            is: "\"Phil\" == \"Phil\""
        ),
        SpecCase(
            "Implicit Iterators - Basic Interpolation",
            "Hello, {{.}}!\n",
            "world",
            is: "Hello, world!\n"
        ),
        SpecCase(
            "Implicit Iterators - HTML Escaping",
            "These characters should be HTML escaped: {{.}}\n",
            "& \" < >",
            is: "These characters should be HTML escaped: &amp; &quot; &lt; &gt;\n"
        ),
        SpecCase(
            "Implicit Iterators - Triple Mustache",
            "These characters should not be HTML escaped: {{{.}}}\n",
            "& \" < >",
            raw: true,
            is: "These characters should not be HTML escaped: & \" < >\n"
        ),
        SpecCase(
            "Implicit Iterators - Ampersand",
            "These characters should not be HTML escaped: {{&.}}\n",
            "& \" < >",
            raw: true,
            is: "These characters should not be HTML escaped: & \" < >\n"
        ),
        SpecCase(
            "Implicit Iterators - Basic Integer Interpolation",
            "\"{{.}} miles an hour!\"",
            "85",
            is: "\"85 miles an hour!\""
        ),
        SpecCase(
            "Interpolation - Surrounding Whitespace",
            "| {{string}} |",
            ["string": "---"],
            is: "| --- |"
        ),
        SpecCase(
            "Triple Mustache - Surrounding Whitespace",
            "| {{{string}}} |",
            ["string": "---"],
            raw: true,
            is: "| --- |"
        ),
        SpecCase(
            "Ampersand - Surrounding Whitespace",
            "| {{&string}} |",
            ["string": "---"],
            raw: true,
            is: "| --- |"
        ),
        SpecCase(
            "Interpolation - Standalone",
            "  {{string}}\n",
            ["string": "---"],
            is: "  ---\n"
        ),
        SpecCase(
            "Triple Mustache - Standalone",
            "  {{{string}}}\n",
            ["string": "---"],
            raw: true,
            is: "  ---\n"
        ),
        SpecCase(
            "Ampersand - Standalone",
            "  {{&string}}\n",
            ["string": "---"],
            raw: true,
            is: "  ---\n"
        ),
        SpecCase(
            "Interpolation With Padding",
            "|{{ string }}|",
            ["string": "---"],
            is: "|---|"
        ),
        SpecCase(
            "Triple Mustache With Padding",
            "|{{{ string }}}|",
            ["string": "---"],
            raw: true,
            is: "|---|"
        ),
        SpecCase(
            "Ampersand With Padding",
            "|{{& string }}|",
            ["string": "---"],
            raw: true,
            is: "|---|"
        ),
    ]
}
