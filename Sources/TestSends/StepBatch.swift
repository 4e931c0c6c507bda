import Postgres
import SMTP

/// A step as it is kept.
struct StepRow: Sendable {
    let number: Int
    let json: [UInt8]
    /// What the tenant may see when the relay is the platform's.
    let shown: [UInt8]?
}

/// Steps that are written together, as one row.
struct StepBatch: Sendable {
    /// The number of the first; those of the others follow it.
    let first: Int
    /// A JSON array.
    let steps: UTF8Text
    let shown: UTF8Text?

    /// Nil when there are none; they follow each other without a gap.
    init?(_ rows: [StepRow]) {
        guard let first = rows.first else { return nil }
        self.first = first.number
        steps = Self.array(rows.map(\.json))
        let shown = rows.compactMap(\.shown)
        self.shown = shown.isEmpty ? nil : Self.array(shown)
    }

    private static func array(_ elements: [[UInt8]]) -> UTF8Text {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.reduce(2) { $0 + $1.count + 1 })
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += element
        }
        bytes.append(UInt8(ascii: "]"))
        return UTF8Text(bytes)
    }
}
