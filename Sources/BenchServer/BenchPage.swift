import Templates

/// One field of a form, as the settings page shows it.
struct BenchField: TemplateModel {
    var name: String
    var label: String
    var value: String
    var hint: String?

    static let fields: [Field] = [
        Field("name", \.name),
        Field("label", \.label),
        Field("value", \.value),
        Field("hint", \.hint),
    ]

    static let source = """
        <div class="field"><label for="{{name}}">{{label}}</label>
        {{#hint}}<p class="hint">{{hint}}</p>{{/hint}}
        <input id="{{name}}" name="{{name}}" value="{{value}}"></div>

        """
}

/// One line of the list under the form.
struct BenchRow: TemplateModel {
    var time: String
    var recipient: String
    var accepted: Bool

    static let fields: [Field] = [
        Field("time", \.time),
        Field("recipient", \.recipient),
        Field("accepted", \.accepted),
    ]
}

/// A settings page of the usual size: 40 fields, 20 rows.
struct BenchPage: TemplatePage {
    static let template = "page"

    var title: String
    var formFields: [BenchField]
    var rows: [BenchRow]

    static let fields: [Field] = [
        Field("title", \.title),
        Field("formFields", \.formFields),
        Field("rows", \.rows),
    ]

    static let source = """
        <!doctype html><html lang="en"><head><title>{{title}}</title></head><body>
        <h1>{{title}}</h1><form method="post">
        {{#formFields}}
        {{>field}}
        {{/formFields}}
        </form><table>
        {{#rows}}
        <tr><td>{{time}}</td><td>{{recipient}}</td>
        <td>{{#accepted}}Accepted{{/accepted}}{{^accepted}}Failed{{/accepted}}</td></tr>
        {{/rows}}
        </table></body></html>

        """

    static let example = BenchPage(
        title: "Outgoing server & \"From\" branding",
        formFields: (0..<40).map { number in
            BenchField(
                name: "field\(number)",
                label: "Setting number \(number)",
                value: "mail-\(number).example.com <ops & mail>",
                hint: number % 4 == 0 ? "The name your mail administrator gave you." : nil
            )
        },
        rows: (0..<20).map { number in
            BenchRow(
                time: "21 Nov 2026, 10:\(number + 10) UTC",
                recipient: "person\(number)@example.com",
                accepted: number % 3 != 0
            )
        }
    )
}
