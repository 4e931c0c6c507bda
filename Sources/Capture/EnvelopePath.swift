/// The address of MAIL FROM or RCPT TO and the parameters after it (RFC 5321 section 4.1.2).
struct EnvelopePath: Equatable {
    /// The address without `<` and `>`; empty for the null sender.
    let address: String
    /// The parameters, keyword in upper case: `SIZE=100`.
    let parameters: [String]
    var isASCII: Bool { address.utf8.allSatisfy { $0 < 0x80 } }

    /// The longest address (RFC 5321 section 4.5.3.1.3, without the two brackets).
    static let longestAddress = 254

    /// Reads what follows MAIL or RCPT; `keyword` is `FROM` or `TO`.
    init?(_ argument: ArraySlice<UInt8>, keyword: String) {
        let prefix = Array("\(keyword):".lowercased().utf8)
        guard argument.prefix(prefix.count).map(\.lowercased) == prefix else { return nil }
        // Some clients put a blank after the colon.
        let rest = argument.dropFirst(prefix.count).drop { $0 == .space }
        guard rest.first == UInt8(ascii: "<"), let close = Self.closingBracket(of: rest) else {
            return nil
        }
        let address = rest[(rest.startIndex + 1)..<close]
        let tail = rest[(close + 1)...]
        guard tail.isEmpty || tail.first == .space, Self.isAddress(address, for: keyword),
            let text = String(validating: address, as: UTF8.self),
            let parameters = Self.parameters(tail)
        else { return nil }
        self.address = text
        self.parameters = parameters
    }

    /// The `>` that ends the path; one inside quotation marks does not.
    private static func closingBracket(of path: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        var isEscaped = false
        for index in path.indices {
            switch path[index] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isQuoted
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ">") where !isQuoted: return index
            default: break
            }
        }
        return nil
    }

    private static func isAddress(_ address: ArraySlice<UInt8>, for keyword: String) -> Bool {
        if address.isEmpty { return keyword == "FROM" }
        guard address.count <= longestAddress,
            address.allSatisfy({ $0 >= .space && $0 != 0x7F })
        else { return false }
        if keyword == "TO", address.map(\.lowercased) == Array("postmaster".utf8) { return true }
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let local = address[..<at]
        let domain = address[(at + 1)...]
        return !local.isEmpty && !domain.isEmpty && !domain.contains { $0 == .space }
            && (local.first == UInt8(ascii: "\"")
                || !local.contains { $0 == .space || $0 == UInt8(ascii: "<") })
    }

    private static func parameters(_ tail: ArraySlice<UInt8>) -> [String]? {
        var parameters: [String] = []
        for word in tail.split(separator: .space) {
            guard word.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            let keyword = word.prefix { $0 != UInt8(ascii: "=") }
            let upper = keyword.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
            parameters.append(
                String(decoding: upper + word[keyword.endIndex...], as: UTF8.self)
            )
        }
        return parameters
    }
}
