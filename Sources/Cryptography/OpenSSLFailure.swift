import COpenSSL

/// The edge to libcrypto's error queue: whatever fails is taken off the queue and put into words.
///
/// The queue belongs to the thread, so an entry left behind would be blamed on the next operation
/// that runs there, a TLS connection for example.
enum OpenSSLFailure {
    /// Takes every entry off the queue, oldest first.
    static func drain() -> String {
        var reasons: [String] = []
        var text = [CChar](repeating: 0, count: 256)
        while case let number = ERR_get_error(), number != 0 {
            ERR_error_string_n(number, &text, text.count)
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            reasons.append(String(decoding: bytes, as: UTF8.self))
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; ")
    }

    /// Throws unless libcrypto answered with success, which is 1 and nothing else.
    static func check(_ result: Int32, _ operation: String) throws {
        guard result == 1 else {
            throw CryptographyError(.library, "\(operation): \(drain())")
        }
    }

    /// Hands back the object libcrypto made, or throws.
    static func unwrap<Object>(_ object: Object?, _ operation: String) throws -> Object {
        guard let object else {
            throw CryptographyError(.library, "\(operation): \(drain())")
        }
        return object
    }
}
