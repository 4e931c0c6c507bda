import Sockets
import Testing

@testable import Postgres

private let start = Deadline(nanoseconds: 1_000_000_000)

/// The number under which the request waits.
private func wait(_ pool: inout PoolState<String>, at now: Deadline = start) -> Int? {
    guard case .wait(let waiter) = pool.request(at: now) else { return nil }
    return waiter
}

private func use(_ pool: inout PoolState<String>) -> String? {
    guard case .use(let resource) = pool.request(at: start) else { return nil }
    return resource
}

private let refused = PostgresError(.cannotConnect, "refused")

@Suite struct PoolStateTests {
    @Test func `it opens as many connections as wait, up to its limit`() {
        var pool = PoolState<String>(limit: 2)
        for _ in 0..<3 { #expect(wait(&pool) != nil) }
        #expect(pool.nextConnect(at: start) == .now)
        #expect(pool.nextConnect(at: start) == .now)
        #expect(pool.nextConnect(at: start) == .no)
        #expect(pool.connected("a") == .give(to: 1))
        #expect(pool.connected("b") == .give(to: 2))
        #expect(pool.nextConnect(at: start) == .no)
        #expect(pool.returned("a") == .give(to: 3))
        #expect(pool.returned("b") == .keep)
        #expect(use(&pool) == "b")
    }

    @Test func `the connection used last is used first`() {
        var pool = PoolState<String>(limit: 2)
        for _ in 0..<2 { _ = wait(&pool) }
        while pool.nextConnect(at: start) == .now {}
        _ = pool.connected("a")
        _ = pool.connected("b")
        _ = pool.returned("a")
        _ = pool.returned("b")
        #expect(use(&pool) == "b")
        #expect(use(&pool) == "a")
    }

    @Test func `a lost connection makes room for another`() {
        var pool = PoolState<String>(limit: 1)
        _ = wait(&pool)
        #expect(pool.nextConnect(at: start) == .now)
        _ = pool.connected("a")
        _ = wait(&pool)
        #expect(pool.nextConnect(at: start) == .no)
        pool.dropped()
        #expect(pool.nextConnect(at: start) == .now)
    }

    @Test func `a waiter that gave up gets nothing`() {
        var pool = PoolState<String>(limit: 1)
        let waiter = wait(&pool)
        #expect(pool.nextConnect(at: start) == .now)
        #expect(pool.forget(waiter ?? 0) == true)
        #expect(pool.forget(waiter ?? 0) == false)
        #expect(pool.connected("a") == .keep)
    }

    @Test func `a database that is away for a moment is waited for, one try at a time`() {
        var pool = PoolState<String>(limit: 4)
        for _ in 0..<2 { _ = wait(&pool) }
        while pool.nextConnect(at: start) == .now {}
        #expect(pool.connectFailed(refused, at: start).isEmpty)
        #expect(pool.connectFailed(refused, at: start).isEmpty)
        let retry = start + .milliseconds(100)
        #expect(pool.nextConnect(at: start) == .later(retry))
        #expect(pool.nextConnect(at: retry) == .now)
        #expect(pool.nextConnect(at: retry) == .no)
        #expect(pool.connected("a") == .give(to: 1))
        #expect(pool.nextConnect(at: retry) == .now)
    }

    @Test func `a database that stays away fails all that wait and all that come`() {
        var pool = PoolState<String>(limit: 2)
        _ = wait(&pool)
        #expect(pool.nextConnect(at: start) == .now)
        #expect(pool.connectFailed(refused, at: start).isEmpty)
        let later = start + .seconds(3)
        #expect(pool.nextConnect(at: later) == .now)
        #expect(pool.connectFailed(refused, at: later) == [1])
        guard case .refuse(let error) = pool.request(at: later) else {
            Issue.record("the request was not refused")
            return
        }
        #expect(error == refused)
        // After the pause somebody may try again.
        #expect(wait(&pool, at: later + .seconds(1)) != nil)
        #expect(pool.nextConnect(at: later + .seconds(1)) == .now)
    }

    @Test func `a wrong password is not tried again for those that wait`() {
        var pool = PoolState<String>(limit: 1)
        _ = wait(&pool)
        #expect(pool.nextConnect(at: start) == .now)
        let wrong = PostgresError(.authenticationFailed, "no")
        #expect(pool.connectFailed(wrong, at: start) == [1])
    }

    @Test func `a closed pool takes nothing and gives nothing`() {
        var pool = PoolState<String>(limit: 2)
        for _ in 0..<2 { _ = wait(&pool) }
        while pool.nextConnect(at: start) == .now {}
        _ = pool.connected("a")
        let (idle, waiting) = pool.close()
        #expect(idle.isEmpty)
        #expect(waiting == [2])
        #expect(!pool.isDrained)
        #expect(pool.returned("a") == .discard)
        #expect(pool.connected("b") == .discard)
        #expect(pool.isDrained)
        #expect(wait(&pool) == nil)
    }
}
