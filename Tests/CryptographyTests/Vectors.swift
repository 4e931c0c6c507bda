@testable import Cryptography

func hex(_ bytes: [UInt8]) -> String { Hexadecimal.encode(bytes) }

func bytes(_ hex: String) throws -> [UInt8] { try Hexadecimal.decode(hex) }

func secret(_ hex: String) throws -> SecretBytes { try SecretBytes(bytes(hex)) }

/// The kind of the module's error that `body` throws, or nil when it throws none.
func failure(_ body: () throws -> Void) -> CryptographyError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? CryptographyError)?.kind
    }
}

/// Every way to turn one bit of `bytes` around.
func everyBitFlip(of bytes: [UInt8]) -> [[UInt8]] {
    bytes.indices.flatMap { index in
        (0..<8).map { bit in
            var changed = bytes
            changed[index] ^= 1 << bit
            return changed
        }
    }
}
