import Accounts
import EmailSettings
import Glibc

extension LogFolder {
    /// What is read of a file, from its end, in bytes.
    static let longestReading = 256 * 1024

    /// The last lines of a tenant's file, the oldest of them first; none when there is no file.
    func lastLines(
        of name: LogFileName,
        of tenant: TenantSlug,
        count: Int
    ) throws(TraceLogError) -> [String] {
        let file: LogDescriptor
        do throws(TraceLogError) {
            let folder = try folder(of: tenant, makes: false)
            file = try LogDescriptor(name.text, in: folder, O_RDONLY, failure: .read)
        } catch {
            // What the folder cannot be opened for is said by the error at hand.
            guard error.number == ENOENT, (try? LogDescriptor(folder: path)) != nil else {
                throw error
            }
            return []
        }
        let size = try file.plainFile().size
        let start = max(0, size - Self.longestReading)
        let bytes = try file.read(size - start, at: start)
        // After the last line end stands a line that is being written; before the first one, when
        // not all was read, the rest of one.
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        if start > 0 { lines = lines.dropFirst() }
        return lines.suffix(count).map { String(decoding: $0, as: UTF8.self) }
    }
}
