/// What a tenant may configure.
package enum Edition: String, Sendable, Codable {
    /// The From branding; the platform owns the relay.
    case cloud
    /// The whole connection.
    case onPremises
}
