import Templates

/// Every form about a certificate; what a form does not ask for is left out.
struct CertificateFormPage: TemplatePage {
    static let template = "certificates/form"

    var layout: PageLayout
    var heading: String
    var lede: String
    var action: String
    var version: String
    var kind: ChoiceField?
    var fields: [TextField] = []
    var key: ChoiceField?
    var names: TextField?
    var upload: UploadField?
    var paste: TextField?
    var password: TextField?
    var cache: CheckboxField?
    var button: String
    var cancelURL: String

    static let fields: [Field] = [
        Field("layout", \.layout),
        Field("heading", \.heading),
        Field("lede", \.lede),
        Field("action", \.action),
        Field("version", \.version),
        Field("kind", \.kind),
        Field("fields", \.fields),
        Field("key", \.key),
        Field("names", \.names),
        Field("upload", \.upload),
        Field("paste", \.paste),
        Field("password", \.password),
        Field("cache", \.cache),
        Field("button", \.button),
        Field("cancelURL", \.cancelURL),
    ]
}
