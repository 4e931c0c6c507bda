extension Timestamp: SQLArrayElement {
    package static func encode(
        _ array: [Timestamp],
        into binds: inout BindWriter
    ) throws(PostgresError) {
        try binds.text(ArrayText.write(array.map(\.description)))
    }

    package static func decodeArray(_ column: Column) throws(PostgresError) -> [Timestamp] {
        guard let texts = column.withBytes({ ArrayText.parse($0) }) else {
            throw column.undecodable(as: [Timestamp].self)
        }
        var array: [Timestamp] = []
        array.reserveCapacity(texts.count)
        for text in texts {
            let bytes = Array(text.utf8)
            guard let element = bytes.withUnsafeBufferPointer({ TimestampText.parse($0) }) else {
                throw column.undecodable(as: [Timestamp].self)
            }
            array.append(element)
        }
        return array
    }
}
