import CPostgres

extension PostgresError {
    /// Translates a server's error answer.
    init(result: OpaquePointer) {
        let state = Self.field(.sqlState, of: result)
        let message = Self.field(.message, of: result)
        guard let state else {
            // libpq itself made this one: the connection is gone.
            self.init(.connectionLost, message ?? "the connection broke off")
            return
        }
        self.init(
            Self.kind(of: state),
            Self.mayQuoteValue(state) ? "the server refused a value" : message ?? "no message",
            sqlState: state,
            constraint: Self.field(.constraint, of: result),
            table: Self.field(.table, of: result)
        )
    }

    /// Translates what libpq says about a connection that did not come about.
    ///
    /// It gives no code for these, so the words of the server decide, in its default language.
    init(connecting message: String) {
        let kind: Kind =
            if ["too many clients", "too many connections", "remaining connection slots"]
                .contains(where: { message.contains($0) })
            {
                .tooManyConnections
            } else if ["authentication failed", "no password supplied", "no pg_hba.conf entry"]
                .contains(where: { message.contains($0) })
            {
                .authenticationFailed
            } else {
                .cannotConnect
            }
        let lines = message.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        self.init(kind, lines.joined(separator: "; "))
    }

    /// PostgreSQL documentation, appendix A.
    static func kind(of state: String) -> Kind {
        switch state {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case "23514": .checkViolation
        case "23502": .notNullViolation
        case "23P01": .exclusionViolation
        case "40001": .serializationFailure
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        case "57014": .timeout
        case "57P01", "57P02", "57P03", "57P05", "25P03": .connectionLost
        case "25006": .readOnlyServer
        case "25P02": .transactionAborted
        case "53300": .tooManyConnections
        case "42501": .notPermitted
        case "P0001": .raised
        default: kind(ofClass: state.utf8.prefix(2))
        }
    }

    private static func kind(ofClass state: String.UTF8View.SubSequence) -> Kind {
        switch String(Substring(state)) {
        case "08": .connectionLost
        case "22": .invalidValue
        case "23": .checkViolation
        case "28": .authenticationFailed
        case "40": .serializationFailure
        case "53", "54": .outOfResources
        case "0A", "26", "34", "42": .invalidStatement
        default: .serverFault
        }
    }

    /// Whether a prepared statement is gone, or fits no longer after a change of the schema.
    var meansStaleStatement: Bool { sqlState == "26000" || sqlState == "0A000" }

    /// Class 22 messages quote the value; it could be a secret.
    private static func mayQuoteValue(_ state: String) -> Bool {
        state.utf8.starts(with: "22".utf8)
    }

    /// The letters of postgres_ext.h, which Swift does not import as `Int32`.
    private enum Field: Unicode.Scalar {
        case sqlState = "C"
        case message = "M"
        case table = "t"
        case constraint = "n"
    }

    private static func field(_ field: Field, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(field.rawValue.value)).map { String(cString: $0) }
    }
}
