package import Sockets

/// The captured messages, one private file each, the newest 500.
package struct CaptureStore: Sendable {
    private let folder: CaptureFolder
    private let pool: BlockingPool
    private let clock: CaptureClock

    /// A row of the inbox.
    package struct Entry: Sendable, Equatable {
        /// The name of the file without `.eml`; ids sort by arrival.
        package let id: String
        /// The envelope's sender; empty for the null sender.
        package let sender: String
        /// The envelope's recipients, joined by `, `.
        package let recipients: String
        package let subject: String
        /// Seconds since 1970.
        package let receivedAt: Int64
        /// The size of the file: the message and the fields above it.
        package let byteCount: Int
    }

    /// A message, decoded.
    package struct Message: Sendable {
        package let entry: Entry
        /// Every field in its order, unfolded and decoded.
        package let headers: [(name: String, value: String)]
        /// The first `text/plain` and the first `text/html`, their lines ended by LF.
        package let text: String?
        package let html: String?
        /// The file: Return-Path, Delivered-To and Received, then the message as it came.
        package let raw: [UInt8]
    }

    /// Bytes of a message that hold its header section, for the inbox.
    private static let headBytes = 65_536
    /// The largest message and the fields above it.
    private static let fileBytes = 16 * 1_048_576

    /// A store in `folder`, whose parent exists; file work runs on `pool`.
    package init(folder: String, pool: BlockingPool) {
        self.init(folder: folder, pool: pool, clock: .system)
    }

    init(folder: String, pool: BlockingPool, clock: CaptureClock) {
        self.folder = CaptureFolder(path: folder)
        self.pool = pool
        self.clock = clock
    }

    /// Makes the folder, for its owner only.
    ///
    /// Throws: `CaptureError`; `BlockingPool.Failure` when the pool is full.
    package func prepare() async throws {
        try await pool.run { [folder] in try folder.prepare() }
    }

    /// The newest messages, the newest first, at most `limit`.
    ///
    /// Throws: `CaptureError`; `BlockingPool.Failure` when the pool is full.
    package func messages(limit: Int = 200) async throws -> [Entry] {
        try await pool.run { [folder] in
            // One that was deleted meanwhile is left out.
            try folder.ids().suffix(max(0, limit)).reversed().compactMap { id in
                try folder.read(id, atMost: Self.headBytes).map { file in
                    Entry(id, CapturedMessageReader.headers(file.bytes), byteCount: file.size)
                }
            }
        }
    }

    /// One message; nil when there is none of this id, or when it is not an id.
    ///
    /// Throws: `CaptureError`; `BlockingPool.Failure` when the pool is full.
    package func message(_ id: String) async throws -> Message? {
        guard let id = CapturedID(id) else { return nil }
        return try await pool.run { [folder] in
            guard let file = try folder.read(id, atMost: Self.fileBytes) else { return nil }
            let content = CapturedMessageReader.read(file.bytes)
            return Message(
                entry: Entry(id, content.headers, byteCount: file.size),
                headers: content.headers,
                text: content.text,
                html: content.html,
                raw: file.bytes
            )
        }
    }

    /// Keeps a message and returns its id.
    ///
    /// Throws: `CaptureError`; `BlockingPool.Failure` when the pool is full.
    func keep(_ mail: ReceivedMail) async throws -> CapturedID {
        try await pool.run { [folder, clock] in
            let id = clock.nextID()
            try folder.write(mail.stored(id: id), id: id)
            return id
        }
    }
}

extension CaptureStore.Entry {
    /// Reads the envelope from the fields that the relay put on top, and from nothing below them.
    init(_ id: CapturedID, _ headers: [(name: String, value: String)], byteCount: Int) {
        let envelope = headers.prefix { $0.name != "Received" }
        let path = envelope.first { $0.name == "Return-Path" }?.value ?? ""
        self.id = id.text
        sender = String(path.dropFirst().dropLast())
        recipients = envelope.filter { $0.name == "Delivered-To" }.map(\.value)
            .joined(separator: ", ")
        subject = headers.first { $0.name.lowercased() == "subject" }?.value ?? ""
        receivedAt = id.receivedAt
        self.byteCount = byteCount
    }
}
