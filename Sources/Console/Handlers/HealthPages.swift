import HTTP

extension Console {
    /// The process lives.
    func healthy(_ request: PageRequest) async throws -> Response {
        .text("ok\n")
    }

    /// The process can do its work: the database answers.
    func ready(_ request: PageRequest) async throws -> Response {
        await isReady()
            ? .text("ready\n")
            : .text("the database does not answer\n", status: .serviceUnavailable)
    }
}
