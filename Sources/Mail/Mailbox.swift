/// An address and, where given, the name shown beside it.
package struct Mailbox: Hashable, Sendable {
    package let address: Address
    package let name: DisplayName?

    package init(address: Address, name: DisplayName? = nil) {
        self.address = address
        self.name = name
    }
}
