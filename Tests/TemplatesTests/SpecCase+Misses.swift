extension SpecCase {
    /// Cases where a name or partial that is missing prints nothing; here it is an error.
    static let misses: [SpecCase] = [
        SpecCase(
            "interpolation: Basic Context Miss Interpolation",
            "I ({{cannot}}) be seen!",
            [:]
        ),
        SpecCase(
            "interpolation: Triple Mustache Context Miss Interpolation",
            "I ({{{cannot}}}) be seen!",
            [:]
        ),
        SpecCase(
            "interpolation: Ampersand Context Miss Interpolation",
            "I ({{&cannot}}) be seen!",
            [:]
        ),
        SpecCase(
            "interpolation: Dotted Names - Broken Chains",
            "\"{{a.b.c}}\" == \"\"",
            ["a": [:]]
        ),
        SpecCase(
            "interpolation: Dotted Names - Broken Chain Resolution",
            "\"{{a.b.c.name}}\" == \"\"",
            ["a": ["b": [:]], "c": ["name": "Jim"]]
        ),
        SpecCase(
            "interpolation: Dotted Names - Context Precedence",
            "{{#a}}{{b.c}}{{/a}}",
            ["a": ["b": [:]], "b": ["c": "ERROR"]]
        ),
        SpecCase(
            "inverted: Context Misses",
            "[{{^missing}}Cannot find key 'missing'!{{/missing}}]",
            [:]
        ),
        SpecCase(
            "inverted: Dotted Names - Broken Chains",
            "\"{{^a.b.c}}Not Here{{/a.b.c}}\" == \"Not Here\"",
            ["a": [:]]
        ),
        SpecCase(
            "partials: Failed Lookup",
            "\"{{>text}}\"",
            [:]
        ),
        SpecCase(
            "sections: Context Misses",
            "[{{#missing}}Found key 'missing'!{{/missing}}]",
            [:]
        ),
        SpecCase(
            "sections: Dotted Names - Broken Chains",
            "\"{{#a.b.c}}Here{{/a.b.c}}\" == \"\"",
            ["a": [:]]
        ),
        SpecCase(
            "inverted: Context",
            "\"{{^context}}Hi {{name}}.{{/context}}\"",
            ["context": ["name": "Joe"]]
        ),
        SpecCase(
            "inverted: List",
            "\"{{^list}}{{n}}{{/list}}\"",
            ["list": [["n": "1"], ["n": "2"], ["n": "3"]]]
        ),
    ]
}
