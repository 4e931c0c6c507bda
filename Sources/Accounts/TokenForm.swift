/// The form of a new token as it was filled in.
package struct TokenForm: Sendable, Equatable {
    /// The tenant's slug.
    package var tenant = ""
    package var name = ""
    /// Names of permissions.
    package var permissions: [String] = []
    /// Days until it expires.
    package var days = String(Self.usualDays)

    /// The longest name of a token, in characters.
    package static let nameLimit = 64
    /// The longest a token may live.
    package static let longestDays = 365
    package static let usualDays = 90

    package init() {}

    /// Reads the form for a tenant in which the person has these permissions.
    ///
    /// Throws: `TokenRejection` with everything that is wrong.
    package func parse(within own: Set<Permission>) throws(TokenRejection) -> TokenDraft {
        var problems: [TokenProblem] = []
        if let problem = nameProblem { problems.append(problem) }
        let chosen = permissions.compactMap(Permission.init(rawValue:))
        if permissions.isEmpty {
            problems.append(
                TokenProblem("permissions", "required", "Choose what the token may do.")
            )
        } else if chosen.count != permissions.count || !own.isSuperset(of: chosen) {
            problems.append(
                TokenProblem(
                    "permissions",
                    "notYours",
                    "Choose only what you may do yourself in this tenant."
                )
            )
        }
        let days = lifetime
        if days == nil {
            problems.append(
                TokenProblem(
                    "days",
                    "range",
                    "Enter a number of days between 1 and \(Self.longestDays)."
                )
            )
        }
        guard problems.isEmpty, let days else { throw TokenRejection(problems: problems) }
        return TokenDraft(name: trimmedName, permissions: Set(chosen), days: days)
    }

    private var trimmedName: String {
        let spaces: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        let bytes = name.utf8.drop { spaces.contains($0) }
        let rest = bytes.reversed().drop { spaces.contains($0) }
        return String(decoding: Array(rest.reversed()), as: UTF8.self)
    }

    private var nameProblem: TokenProblem? {
        let name = trimmedName
        if name.isEmpty {
            return TokenProblem("name", "required", "Enter what the token is for.")
        }
        if name.unicodeScalars.count > Self.nameLimit {
            return TokenProblem(
                "name",
                "tooLong",
                "Shorten the name to \(Self.nameLimit) characters."
            )
        }
        let hasControl = name.unicodeScalars.contains {
            $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
        }
        return hasControl
            ? TokenProblem("name", "control", "Remove the control characters from the name.") : nil
    }

    private var lifetime: Int? {
        guard days.utf8.allSatisfy({ (0x30...0x39).contains($0) }), days.utf8.count <= 4,
            let number = Int(days), (1...Self.longestDays).contains(number)
        else { return nil }
        return number
    }
}

/// A form of a new token that holds together.
package struct TokenDraft: Sendable {
    package let name: String
    package let permissions: Set<Permission>
    package let days: Int
}

/// What is wrong with one field of the form.
package struct TokenProblem: Sendable, Equatable {
    package let field: String
    package let code: String
    package let message: String

    init(_ field: String, _ code: String, _ message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// All that is wrong with the form of a token; never empty.
package struct TokenRejection: Error, Sendable, Equatable {
    package let problems: [TokenProblem]
}
