import Cryptography
import Foundation

/// Names a state of the files of a folder.
func fingerprint(of folder: String) throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    var bytes: [UInt8] = []
    for file in files {
        bytes += Array(file.utf8)
        bytes += try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
    }
    return SHA256.hash(bytes).prefix(8).map { String(format: "%02x", Int($0)) }.joined()
}
