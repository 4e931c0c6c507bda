import Capture
import Console
import Sockets

/// The capture relay's folder as the console's inbox.
struct DemoInbox: CapturedMail {
    let address: String
    private let store: CaptureStore

    init(folder: String, address: String, pool: BlockingPool) {
        self.address = address
        store = CaptureStore(folder: folder, pool: pool)
    }

    func messages() async throws -> [CapturedSummary] {
        try await store.messages().map(Self.summary)
    }

    func message(_ id: String) async throws -> CapturedMessage? {
        guard let found = try await store.message(id) else { return nil }
        return CapturedMessage(
            summary: Self.summary(found.entry),
            headers: found.headers,
            text: found.text,
            html: found.html,
            raw: found.raw
        )
    }

    private static func summary(_ entry: CaptureStore.Entry) -> CapturedSummary {
        CapturedSummary(
            id: entry.id,
            sender: entry.sender,
            recipients: entry.recipients,
            subject: entry.subject,
            receivedAt: entry.receivedAt,
            byteCount: entry.byteCount
        )
    }
}
