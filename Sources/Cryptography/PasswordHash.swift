/// The stored form of a password: `$argon2id$v=19$m=65536,t=3,p=1$salt$tag` (PHC string format).
///
/// One spelling only: parameters in this order, no leading zeros, unpadded Base64.
struct PasswordHash: Equatable {
    private static let prefix = "$argon2id$v=19$"
    private static let saltLengths = 8...64
    private static let tagLengths = 16...64
    private static let alphabet = SixtyFourAlphabet.standard

    let parameters: Argon2id.Parameters
    let salt: [UInt8]
    let tag: [UInt8]

    init(parameters: Argon2id.Parameters, salt: [UInt8], tag: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.tag = tag
    }

    /// Reads a stored hash; throws `invalidPasswordHash`, or `refusedParameters` when it is absurd.
    init(encoded: String) throws {
        let text = Array(encoded.utf8)
        guard text.starts(with: Self.prefix.utf8) else {
            throw CryptographyError(.invalidPasswordHash, "not argon2id, version 19")
        }
        let parts = text.dropFirst(Self.prefix.utf8.count).split(
            separator: UInt8(ascii: "$"),
            omittingEmptySubsequences: false
        )
        guard parts.count == 3 else {
            throw CryptographyError(.invalidPasswordHash, "\(parts.count) parts")
        }
        parameters = try Self.parameters(parts[0])
        salt = try Self.bytes(parts[1], Self.saltLengths, "salt")
        tag = try Self.bytes(parts[2], Self.tagLengths, "tag")
    }

    var encoded: String {
        var text = Array(Self.prefix.utf8)
        let costs = (parameters.memoryKiB, parameters.iterations, parameters.parallelism)
        text += Array("m=\(costs.0),t=\(costs.1),p=\(costs.2)$".utf8)
        text += salt.withUnsafeBytes { Self.alphabet.encode($0, padded: false) }
        text.append(UInt8(ascii: "$"))
        text += tag.withUnsafeBytes { Self.alphabet.encode($0, padded: false) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func parameters(_ text: ArraySlice<UInt8>) throws -> Argon2id.Parameters {
        let fields = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw CryptographyError(.invalidPasswordHash, "\(fields.count) parameters")
        }
        return try Argon2id.Parameters(
            memoryKiB: number(fields[0], after: "m="),
            iterations: number(fields[1], after: "t="),
            parallelism: number(fields[2], after: "p=")
        )
    }

    private static func number(_ field: ArraySlice<UInt8>, after name: String) throws -> UInt32 {
        let digits = field.dropFirst(name.utf8.count)
        guard field.starts(with: name.utf8), (1...10).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.first != UInt8(ascii: "0"),
            let number = UInt32(String(decoding: digits, as: UTF8.self))
        else { throw CryptographyError(.invalidPasswordHash, "parameter \(name)") }
        return number
    }

    private static func bytes(
        _ text: ArraySlice<UInt8>,
        _ lengths: ClosedRange<Int>,
        _ name: String
    ) throws -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try alphabet.decode(text, padded: false)
        } catch let error as CryptographyError {
            throw CryptographyError(.invalidPasswordHash, "\(name): \(error.detail)")
        }
        guard lengths.contains(bytes.count) else {
            throw CryptographyError(.invalidPasswordHash, "\(name) of \(bytes.count) bytes")
        }
        return bytes
    }
}
