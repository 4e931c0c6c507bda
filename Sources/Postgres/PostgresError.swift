import Observability

/// Why the database did not do what was asked.
package struct PostgresError: ExplainedError, Equatable {
    package enum Kind: String, Sendable {
        // What the data does not allow.
        case uniqueViolation, foreignKeyViolation, checkViolation, notNullViolation
        case exclusionViolation, invalidValue, raised
        // Somebody else was in the way; trying again helps.
        case serializationFailure, deadlock, lockNotAvailable
        // The database, or the way to it.
        case cannotConnect, authenticationFailed, tooManyConnections, connectionLost
        case commitUnknown, readOnlyServer, timeout, outOfResources, poolTimeout, closed
        // The caller.
        case cancelled, notPermitted, invalidStatement, transactionAborted, misuse
        // What came back.
        case unexpectedRowCount, undecodable, protocolViolation, serverFault
        // Migrations.
        case migration
    }

    /// Whether the database, or the way to it, is the trouble, so that waiting may help.
    package var isAboutTheConnection: Bool {
        switch kind {
        case .cannotConnect, .tooManyConnections, .connectionLost, .readOnlyServer, .timeout,
            .outOfResources, .poolTimeout, .closed:
            true
        default: false
        }
    }

    package let kind: Kind
    /// The server's five-character code; nil when the server did not say it.
    package let sqlState: String?
    /// The name of the constraint that refused, as in the migrations.
    package let constraint: String?
    /// The table the server names.
    package let table: String?
    /// For the operator; holds no value of a row or statement.
    private let detail: String

    package init(
        _ kind: Kind,
        _ detail: String,
        sqlState: String? = nil,
        constraint: String? = nil,
        table: String? = nil
    ) {
        self.kind = kind
        self.detail = detail
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
    }

    package var code: String { "postgres.\(kind.rawValue)" }

    package var operatorText: String {
        var text = "\(kind.rawValue): \(detail)"
        if let sqlState { text += " [\(sqlState)]" }
        if let constraint { text += " constraint=\(constraint)" }
        if let table { text += " table=\(table)" }
        return text
    }

    /// Whether the server refused a statement, and with it all of its transaction, while the
    /// connection stands.
    package var isRefusal: Bool {
        sqlState != nil && kind != .connectionLost && kind != .commitUnknown
    }

    /// Whether the same transaction may succeed when it is tried again from its beginning.
    package var isRetryable: Bool {
        switch kind {
        case .serializationFailure, .deadlock, .lockNotAvailable, .connectionLost,
            .cannotConnect, .tooManyConnections, .poolTimeout, .readOnlyServer:
            true
        default: false
        }
    }

    /// Whether a unique constraint or index of this name refused the row.
    package func isUniqueViolation(of constraint: StaticString) -> Bool {
        kind == .uniqueViolation && self.constraint == constraint.description
    }
}

extension PostgresError {
    package var userText: String {
        switch kind {
        case .uniqueViolation: "Something with this name already exists. Choose another one."
        case .foreignKeyViolation:
            "This refers to something that is gone, or something else still refers to it."
        case .checkViolation, .notNullViolation, .exclusionViolation, .invalidValue, .raised:
            "The database refused this value. Nothing was changed."
        case .serializationFailure, .deadlock, .lockNotAvailable:
            "Somebody else changed the same thing at this moment. Try again."
        case .commitUnknown:
            "The connection to the database broke off while saving. "
                + "Look whether the change is there before you repeat it."
        case .timeout: "The database took too long. Nothing was changed. Try again."
        case .cannotConnect, .authenticationFailed, .tooManyConnections, .connectionLost,
            .readOnlyServer, .outOfResources, .poolTimeout, .closed:
            "The database cannot be reached at the moment. Try again in a minute."
        case .cancelled: "The operation was cancelled."
        case .notPermitted, .invalidStatement, .transactionAborted, .misuse,
            .unexpectedRowCount, .undecodable, .protocolViolation, .serverFault:
            "The database could not do this. Nothing was changed; the log says why."
        case .migration:
            "The database does not fit this version of Sendproof. Ask the operator."
        }
    }
}
