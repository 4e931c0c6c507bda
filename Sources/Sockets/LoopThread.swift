import Glibc

/// A POSIX thread that runs one closure.
final class LoopThread: @unchecked Sendable {
    // @unchecked: the handle is written once, before the object is shared.
    private var handle = pthread_t()

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ body: @escaping @Sendable () -> Void) {
        let pointer = Unmanaged.passRetained(Body(body)).toOpaque()
        let result = pthread_create(
            &handle,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            pointer
        )
        precondition(result == 0, "the system refuses a thread")
    }

    func join() {
        pthread_join(handle, nil)
    }
}
