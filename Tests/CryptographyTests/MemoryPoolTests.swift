import Foundation
import Synchronization
import Testing

@testable import Cryptography

@Suite struct MemoryPoolTests {
    static let block = 64 * 1024

    @Test func `a block is used again`() throws {
        let pool = MemoryPool(maximumBlocks: 2)
        let first = try pool.withBlock(byteCount: Self.block) { $0.baseAddress }
        let second = try pool.withBlock(byteCount: Self.block) { $0.baseAddress }

        #expect(first == second)
        #expect(pool.residentBytes == Self.block)
    }

    @Test func `an unused block goes back to the system within two periods`() throws {
        let pool = MemoryPool(maximumBlocks: 2)
        try pool.withBlock(byteCount: Self.block) { $0[0] = 1 }

        pool.releaseIdle()
        #expect(pool.residentBytes == Self.block)
        pool.releaseIdle()
        #expect(pool.residentBytes == 0)
    }

    @Test func `a block in steady use stays`() throws {
        let pool = MemoryPool(maximumBlocks: 1)
        for _ in 0..<5 {
            try pool.withBlock(byteCount: Self.block) { $0[0] = 1 }
            pool.releaseIdle()
            #expect(pool.residentBytes == Self.block)
        }
    }

    @Test func `one block at most outlives the last hash`() throws {
        let pool = MemoryPool(maximumBlocks: 3)
        try pool.withBlock(byteCount: Self.block) { _ in
            try pool.withBlock(byteCount: Self.block) { _ in
                try pool.withBlock(byteCount: Self.block) { _ in
                    #expect(pool.residentBytes == 3 * Self.block)
                }
            }
        }
        #expect(pool.residentBytes == Self.block)
    }

    @Test func `a block of another size takes the place of an unused one`() throws {
        let pool = MemoryPool(maximumBlocks: 1)
        try pool.withBlock(byteCount: Self.block) { $0[0] = 1 }
        try pool.withBlock(byteCount: 2 * Self.block) { $0[2 * Self.block - 1] = 1 }

        #expect(pool.residentBytes == 2 * Self.block)
    }

    @Test func `a block comes back when its user fails`() {
        struct Failure: Error {}
        let pool = MemoryPool(maximumBlocks: 1)
        for _ in 0..<3 {
            #expect(throws: Failure.self) {
                try pool.withBlock(byteCount: Self.block) { _ in throw Failure() }
            }
        }
        #expect(pool.residentBytes == Self.block)
    }

    @Test func `threads that come too late wait, and never share a block`() {
        let pool = MemoryPool(maximumBlocks: 2)
        let tally = Mutex((now: 0, highest: 0, unharmed: 0))
        let done = DispatchGroup()

        for index in UInt8(1)...8 {
            done.enter()
            Thread.detachNewThread {
                for _ in 0..<50 { Self.use(pool, mark: index, tally) }
                done.leave()
            }
        }
        done.wait()

        #expect(tally.withLock { $0.unharmed } == 400)
        #expect((1...2).contains(tally.withLock { $0.highest }))
        #expect(pool.residentBytes <= 2 * Self.block)
    }

    private static func use(
        _ pool: MemoryPool,
        mark: UInt8,
        _ tally: borrowing Mutex<(now: Int, highest: Int, unharmed: Int)>
    ) {
        // A block that cannot be had is missing in the count of the unharmed.
        let unharmed = try? pool.withBlock(byteCount: block) { memory in
            tally.withLock {
                $0.now += 1
                $0.highest = max($0.highest, $0.now)
            }
            defer { tally.withLock { $0.now -= 1 } }
            memory.initializeMemory(as: UInt8.self, repeating: mark)
            sched_yield()
            return memory.allSatisfy { $0 == mark }
        }
        if unharmed == true { tally.withLock { $0.unharmed += 1 } }
    }
}
