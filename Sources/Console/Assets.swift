import HTTP

/// The static files and the addresses pages name them by.
struct Assets: Sendable {
    let files: StaticFiles
    let cssURL: String
    let jsURL: String
    let iconURL: String
    let faviconURL: String

    /// Throws: when one of the files every page needs is not there.
    init(_ files: StaticFiles) throws {
        self.files = files
        cssURL = try files.url(for: "css/sendproof.css")
        jsURL = try files.url(for: "js/sendproof.js")
        iconURL = try files.url(for: "icons/icons.svg")
        faviconURL = try files.url(for: "icons/favicon.svg")
    }
}
