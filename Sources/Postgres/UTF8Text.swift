/// A text whose UTF-8 bytes are there already.
///
/// The server refuses what is not UTF-8.
package struct UTF8Text: SQLEncodable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func encode(into binds: inout BindWriter) throws(PostgresError) {
        try binds.text(bytes)
    }
}
