import CLinux
import CResolver
import Glibc

/// One question to c-ares, with its own channel.
///
/// The library's sockets sit in a private epoll instance, which is itself the one descriptor that
/// the loop watches.
final class ResolverQuery: @unchecked Sendable {
    // @unchecked: confined to the loop's thread; `readiness.cancel()` may come from any.
    enum Question: Sendable {
        /// IPv4 and IPv6, with this port.
        case addresses(UInt16)
        case mailExchangers
    }

    enum Found: Sendable {
        case addresses([SocketAddress])
        case exchangers([MailExchanger])
    }

    private let question: Question
    let host: String
    private let poll: Int32
    private let readiness: Readiness
    private(set) var channel: ares_channel?
    private var answer: Result<Found, ResolverError>?
    private var isOpen = true

    private static let libraryStatus = ares_library_init(ARES_LIB_INIT_ALL)

    init(
        _ question: Question,
        name host: String,
        servers: [SocketAddress],
        loop: EventLoop
    ) throws(ResolverError) {
        self.question = question
        self.host = host
        poll = epoll_create1(Int32(EPOLL_CLOEXEC))
        do {
            guard poll >= 0 else { throw SocketError(errno: errno, during: .open) }
            readiness = try Readiness(descriptor: poll, loop: loop, trigger: .level)
        } catch {
            if poll >= 0 { Glibc.close(poll) }
            throw ResolverError(.serverFailure, host: host, detail: "no descriptor is left")
        }
        do throws(ResolverError) {
            try open(servers)
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    private func open(_ servers: [SocketAddress]) throws(ResolverError) {
        var options = ares_options()
        options.timeout = Int32(Resolver.patiencePerServer / .milliseconds(1))
        options.tries = 2
        options.sock_state_cb_data = Unmanaged.passUnretained(self).toOpaque()
        options.sock_state_cb = { context, descriptor, readable, writable in
            guard let context else { return }
            Unmanaged<ResolverQuery>.fromOpaque(context).takeUnretainedValue()
                .watch(descriptor, reading: readable != 0, writing: writable != 0)
        }
        let mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
        var status = Self.libraryStatus
        if status == ARES_SUCCESS { status = ares_init_options(&channel, &options, mask) }
        if status == ARES_SUCCESS, !servers.isEmpty {
            let list = servers.map(\.description).joined(separator: ",")
            status = ares_set_servers_ports_csv(channel, list)
        }
        guard status == ARES_SUCCESS else { throw error(for: status) }
    }

    /// Asks and drives the library until the answer is there.
    func run(until deadline: Deadline) async throws(ResolverError) -> Found {
        let wake = readiness
        switch question {
        case .addresses: askForAddresses()
        case .mailExchangers: askForExchangers()
        }
        await withTaskCancellationHandler {
            await drive(until: deadline)
        } onCancel: {
            wake.cancel()
        }
        guard let answer else { throw ResolverError(.timedOut, host: host) }
        return try answer.get()
    }

    private func drive(until deadline: Deadline) async {
        while answer == nil {
            switch await readiness.wait(for: .read, until: min(deadline, nextTimeout)) {
            case .ready: process()
            case .cancelled: answer = .failure(ResolverError(.cancelled, host: host))
            case .timedOut:
                if deadline.hasPassed { return }
                ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD)
            }
        }
    }

    private var nextTimeout: Deadline {
        var time = timeval()
        guard ares_timeout(channel, nil, &time) != nil else { return .never }
        return .after(.seconds(time.tv_sec) + .microseconds(time.tv_usec) + .milliseconds(1))
    }

    private func process() {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = epoll_wait(poll, &events, 16, 0)
        for event in events.prefix(max(0, Int(count))) {
            let descriptor = event.data.fd
            let canRead = event.events & ~EPOLLOUT.rawValue != 0
            let canWrite = event.events & EPOLLOUT.rawValue != 0
            ares_process_fd(
                channel,
                canRead ? descriptor : ARES_SOCKET_BAD,
                canWrite ? descriptor : ARES_SOCKET_BAD
            )
        }
    }

    private func watch(_ descriptor: Int32, reading: Bool, writing: Bool) {
        var event = epoll_event()
        event.events = (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        event.data.fd = descriptor
        guard reading || writing else {
            epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, nil)
            return
        }
        if epoll_ctl(poll, EPOLL_CTL_MOD, descriptor, &event) != 0 {
            epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    /// Of the addresses asked for.
    var port: UInt16 {
        if case .addresses(let port) = question { return port }
        return 0
    }

    func finish(_ result: Result<Found, ResolverError>) {
        if answer == nil { answer = result }
    }

    func error(for status: Int32) -> ResolverError {
        let kind: ResolverError.Kind =
            switch status {
            case ARES_ENOTFOUND, ARES_EBADNAME: .notFound
            case ARES_ENODATA: .noAddress
            case ARES_ETIMEOUT: .timedOut
            case ARES_ECANCELLED, ARES_EDESTRUCTION: .cancelled
            default: .serverFailure
            }
        return ResolverError(kind, host: host, detail: String(cString: ares_strerror(status)))
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        if let channel { ares_destroy(channel) }
        channel = nil
        readiness.stop()
        Glibc.close(poll)
    }
}
