/// What a job does; each kind has one handler.
package struct JobKind: Sendable, Hashable {
    /// As in the column `jobs.kind`: letters, the first one small.
    package let name: String

    package init(_ name: StaticString) {
        self.name = name.description
    }

    init(stored name: String) {
        self.name = name
    }
}
