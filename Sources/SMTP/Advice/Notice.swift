/// What a provider has announced about signing in with a password, from a day on.
///
/// The announcements stand in `notices.json`, which is built into the program.
struct Notice: Sendable, Equatable {
    /// One state of the announcement; the last one that has begun counts.
    struct Stage: Sendable, Equatable {
        /// `2026-12-31`, in UTC.
        let from: String
        let text: String
    }

    /// Lower case.
    let hosts: [String]
    let stages: [Stage]

    /// All announcements; a file that cannot be read has none, which a test rules out.
    static let all: [Notice] = (try? read(PackageResources.notices_json)) ?? []

    /// Throws: `JSONError` for anything but a list of announcements.
    static func read(_ bytes: [UInt8]) throws(JSONError) -> [Notice] {
        guard let elements = try JSON(parsing: bytes).elements else {
            throw JSONError(reason: "no list of announcements")
        }
        return try elements.map { element throws(JSONError) in try Notice(json: element) }
    }

    /// What is to be said about passwords at `host` at that time; nil when nothing is.
    static func text(for host: Host, at time: TraceTime) -> String? {
        let name = host.bare.lowercased()
        let day = String(time.text.utf8.prefix(10)) ?? ""
        return all.first { $0.hosts.contains(name) }?.stages.last { $0.from <= day }?.text
    }

    private init(json: JSON) throws(JSONError) {
        guard let hosts = json["hosts"]?.elements, let stages = json["stages"]?.elements else {
            throw JSONError(reason: "an announcement without hosts or stages")
        }
        self.hosts = hosts.compactMap(\.text)
        self.stages = stages.compactMap { stage in
            guard let from = stage["from"]?.text, let text = stage["text"]?.text else {
                return nil
            }
            return Stage(from: from, text: text)
        }
    }
}
