import Jobs
import Postgres
import TestSupport
import Testing

@Suite struct JobQueueTests {
    @Test func `the tenant with the fewest running jobs comes first`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...4, of: QueueScene.acme)
            try await scene.enqueue(5...6, of: QueueScene.globex)
            var subjects: [UUID] = []
            while let claim = try await scene.claim() { subjects.append(claim.subject) }
            #expect(subjects == [1, 5, 2, 6, 3, 4].map(QueueScene.id))
        }
    }

    @Test func `several jobs at once are those that one after the other would be`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...4, of: QueueScene.acme)
            try await scene.enqueue(5...6, of: QueueScene.globex)
            let first = try await scene.claim(upTo: 3)
            #expect(Set(first.map(\.subject)) == Set([1, 5, 2].map(QueueScene.id)))
            let second = try await scene.claim(upTo: 2)
            #expect(Set(second.map(\.subject)) == Set([6, 3].map(QueueScene.id)))
            let last = try await scene.claim(upTo: 8)
            #expect(last.map(\.subject) == [QueueScene.id(4)])
            let tokens = Set((first + second + last).map(\.token))
            #expect(tokens.count == 6)
            #expect(try await scene.claim(upTo: 8).isEmpty)
        }
    }

    @Test func `who takes jobs while another is taking them is told that there are more`()
        async throws
    {
        try await withScene { scene in
            try await scene.enqueue(1...2, of: QueueScene.acme)
            let claiming = scene.queue.claiming(QueueScene.kind, upTo: 2, worker: "test")
            try await scene.database.transaction(JobQueue.claimScope) { first in
                let taken = try await first.all(claiming)
                #expect(taken.compactMap(\.claim).count == 2)
                let second = try await scene.database.query(JobQueue.claimScope, claiming)
                #expect(second.map(\.claim) == [nil])
            }
            #expect(try await scene.database.query(JobQueue.claimScope, claiming).isEmpty)
        }
    }

    @Test func `a job that was finished no longer counts against its tenant`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...3, of: QueueScene.acme)
            let first = try #require(try await scene.claim())
            try await scene.enqueue(4...4, of: QueueScene.globex)
            #expect(try await scene.finish(first))
            #expect(try await scene.claim()?.subject == QueueScene.id(2))
        }
    }

    @Test func `eight workers run two hundred jobs exactly once`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...120, of: QueueScene.acme)
            try await scene.enqueue(121...200, of: QueueScene.globex)
            let done = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var done: [UUID] = []
                        while let claim = try await scene.claim() {
                            #expect(try await scene.finish(claim))
                            done.append(claim.subject)
                        }
                        return done
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(done.sorted() == (1...200).map(QueueScene.id))
            #expect(try await scene.count() == 0)
        }
    }

    @Test func `a worker that lost its lease changes nothing`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...1, of: QueueScene.acme)
            let slow = try #require(try await scene.claim())
            try scene.expireLeases()
            try await scene.database.transaction(QueueScene.worker) {
                let claim = try #require(try await scene.queue.expired(QueueScene.kind, in: $0))
                _ = try await $0.all(scene.queue.requeueing(claim))
            }
            let second = try #require(try await scene.claim())
            #expect(second.attempt == 2)
            await #expect(throws: JobsError.leaseLost) { try await scene.queue.renew(slow) }
            #expect(try await scene.finish(slow) == false)
            try await scene.queue.renew(second)
            #expect(try await scene.finish(second))
        }
    }

    @Test func `a lease that was renewed is not expired`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...1, of: QueueScene.acme)
            let claim = try #require(try await scene.claim())
            try scene.expireLeases()
            try await scene.queue.renew(claim)
            let expired = try await scene.database.transaction(QueueScene.worker) {
                try await scene.queue.expired(QueueScene.kind, in: $0)
            }
            #expect(expired == nil)
        }
    }

    @Test func `an expired job that one node has locked is skipped by another`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...1, of: QueueScene.acme)
            _ = try #require(try await scene.claim())
            try scene.expireLeases()
            try await scene.database.transaction(QueueScene.worker) { first in
                let found = try await scene.queue.expired(QueueScene.kind, in: first)
                #expect(found != nil)
                try await scene.database.transaction(QueueScene.worker) { second in
                    let same = try await scene.queue.expired(QueueScene.kind, in: second)
                    #expect(same == nil)
                }
            }
        }
    }

    @Test func `a job given back rests before it is claimed again`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...1, of: QueueScene.acme)
            let claim = try #require(try await scene.claim())
            _ = try await scene.database.query(
                QueueScene.worker,
                scene.queue.requeueing(claim, after: .seconds(3600), countsAttempt: false)
            )
            #expect(try await scene.claim() == nil)
            try scene.home.arrange("UPDATE jobs SET run_after = now()")
            #expect(try await scene.claim()?.attempt == 1)
        }
    }

    @Test func `a tenant sees no job of another`() async throws {
        try await withScene { scene in
            try await scene.enqueue(1...2, of: QueueScene.acme)
            let seen = try await scene.database.read(
                QueueScene.scope(QueueScene.globex),
                Statement("SELECT count(*) FROM jobs") { try $0.value(0, as: Int.self) }
            )
            #expect(seen == [0])
        }
    }

    @Test func `a dead worker's job is settled within thirty seconds`() {
        let timing = JobTiming.standard
        #expect(timing.lease + timing.rescueInterval < .seconds(30))
        #expect(timing.renewInterval * 2 < timing.lease)
    }
}
