import Foundation
import Testing

/// Of the C library, which declares it for GNU programs only.
@_silgen_name("memmem")
private func memmem(
    _ place: UnsafeRawPointer?,
    _ count: Int,
    _ needle: UnsafeRawPointer?,
    _ length: Int
) -> UnsafeMutableRawPointer?

/// The memory of a running process, as a core image would have it.
struct ProcessMemory {
    struct Failure: Error { let text: String }

    /// What was found where: the mapping, and the bytes around it.
    struct Finding: CustomStringConvertible {
        let mapping: String
        let address: UInt
        let needle: String
        let around: String
        var description: String {
            "\(needle) in \(mapping) at \(String(address, radix: 16)): \(around)"
        }
    }

    private struct Mapping {
        let range: Range<UInt>
        let name: String
    }

    let process: Int32
    private static let chunk = 1 << 16

    /// Every place of one of the needles in memory that the process can write, or could.
    func findings(of needles: [String: [UInt8]]) throws -> [Finding] {
        let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw Failure(text: "its memory cannot be read: \(errno)") }
        defer { close(memory) }
        let longest = needles.values.map(\.count).max() ?? 0
        var found: [Finding] = []
        var bytes = [UInt8](repeating: 0, count: Self.chunk + longest)
        for mapping in try mappings() {
            var place = mapping.range.lowerBound
            while place < mapping.range.upperBound {
                let wanted = min(bytes.count, Int(mapping.range.upperBound - place))
                let count = pread(memory, &bytes, wanted, off_t(Int(bitPattern: place)))
                // Mapped and never touched, or gone by now.
                guard count > 0 else { break }
                found += Self.search(bytes, count, for: needles, mapping, at: place)
                place += UInt(min(count, Self.chunk))
            }
        }
        return found
    }

    private func mappings() throws -> [Mapping] {
        let text = try Self.text(of: "/proc/\(process)/maps")
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            // What cannot be written is the program itself.
            guard ends.count == 2, words[1].hasPrefix("rw") else { return nil }
            return Mapping(
                range: ends[0]..<ends[1],
                name: words.count > 5 ? String(words[5]) : "anonymous memory"
            )
        }
    }

    /// Foundation takes the first page of such a file for all of it.
    private static func text(of path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(text: "\(path) cannot be read: \(errno)") }
        defer { close(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += chunk.prefix(count)
        }
    }

    private static func search(
        _ bytes: [UInt8],
        _ count: Int,
        for needles: [String: [UInt8]],
        _ mapping: Mapping,
        at start: UInt
    ) -> [Finding] {
        bytes.withUnsafeBytes { bytes in
            var found: [Finding] = []
            guard let base = bytes.baseAddress, count > 1 else { return found }
            // Most of a stack was never used.
            if bytes[0] == 0, memcmp(base, base + 1, count - 1) == 0 { return found }
            for (name, needle) in needles {
                var from = 0
                while from < count,
                    let hit = memmem(
                        base + from,
                        count - from,
                        needle,
                        needle.count
                    )
                {
                    let offset = UnsafeRawPointer(hit) - base
                    let around = bytes[max(0, offset - 48)..<min(count, offset + 80)]
                    found.append(
                        Finding(
                            mapping: mapping.name,
                            address: start + UInt(offset),
                            needle: name,
                            around: around.map { (32..<127).contains($0) ? $0 : 0x2E }
                                .reduce(into: "") { $0.unicodeScalars.append(UnicodeScalar($1)) }
                        )
                    )
                    from = offset + 1
                }
            }
            return found
        }
    }
}

/// A secret that is looked for, in every spelling in which it may lie about.
struct Canary {
    let text: String

    /// Pieces of each spelling, as a part of it may have been written over.
    var needles: [String: [UInt8]] {
        var needles: [String: [UInt8]] = [:]
        for (spelling, bytes) in spellings {
            let size = min(10, bytes.count)
            for start in stride(from: 0, through: bytes.count - size, by: size) {
                needles["\(text) \(spelling) from \(start)"] = Array(bytes[start..<start + size])
            }
        }
        return needles
    }

    private var spellings: [String: [UInt8]] {
        let bytes = Array(text.utf8)
        let form = bytes.map { byte in
            byte < 0x30 || (0x3A...0x40).contains(byte)
                ? String(format: "%%%02X", Int(byte)) : String(UnicodeScalar(byte))
        }.joined()
        var all = ["plain": bytes, "form": Array(form.utf8), "reversed": bytes.reversed()]
        // In Base64 it looks differently for each number of bytes before it.
        for before in 0..<3 {
            let encoded = Data([UInt8](repeating: 0, count: before) + bytes).base64EncodedString()
            let whole = (before + bytes.count) * 8 / 6
            all["Base64 after \(before)"] = Array(
                encoded.utf8.prefix(whole).dropFirst((before * 8 + 5) / 6)
            )
        }
        return all
    }
}
