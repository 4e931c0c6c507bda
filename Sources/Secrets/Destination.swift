/// Where a credential may be sent, part of what seals it.
///
/// Change one field and the stored value cannot be opened: nobody harvests a password by pointing
/// a profile at a server of their own.
package struct Destination: Sendable, Equatable {
    package let fields: [String]

    /// Fields in a fixed order; each use of secrets has an order of its own.
    package init(_ fields: [String]) {
        self.fields = fields
    }
}
