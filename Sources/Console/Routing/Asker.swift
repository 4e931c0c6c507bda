import Accounts

/// Whoever asked for what could not be answered, for the navigation of the page that says so.
struct Asker {
    let visit: Visit
    /// In the tenant whose address it was; nil for none, or one that the person does not belong to.
    let membership: Membership?
}
