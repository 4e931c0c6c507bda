extension JSON {
    /// The form for people, in UTF-8: one member or element on each line.
    package var indentedBytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output, depth: 0)
        output.append(0x0A)
        return output
    }

    private func write(to output: inout [UInt8], depth: Int) {
        switch self {
        case .array(let elements) where !elements.isEmpty:
            Self.write(elements, "[", "]", to: &output, depth: depth) { element, output in
                element.write(to: &output, depth: depth + 1)
            }
        case .object(let members) where !members.isEmpty:
            Self.write(members, "{", "}", to: &output, depth: depth) { member, output in
                output += JSON.string(member.name).bytes
                output += ": ".utf8
                member.value.write(to: &output, depth: depth + 1)
            }
        default: output += bytes
        }
    }

    private static func write<Item>(
        _ items: [Item],
        _ opening: String,
        _ closing: String,
        to output: inout [UInt8],
        depth: Int,
        _ writeItem: (Item, inout [UInt8]) -> Void
    ) {
        output += opening.utf8
        for (index, item) in items.enumerated() {
            output += (index > 0 ? ",\n" : "\n").utf8
            output += [UInt8](repeating: 0x20, count: 2 * (depth + 1))
            writeItem(item, &output)
        }
        output.append(0x0A)
        output += [UInt8](repeating: 0x20, count: 2 * depth)
        output += closing.utf8
    }
}
