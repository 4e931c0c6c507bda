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
        let peak = Mutex((now: 0, highest: 0))
        let clashes = Mutex(0)

        DispatchQueue.concurrentPerform(iterations: 64) { index in
            let mark = UInt8(index)
            let unharmed = try? pool.withBlock(byteCount: Self.block) { block in
                peak.withLock {
                    $0.now += 1
                    $0.highest = max($0.highest, $0.now)
                }
                defer { peak.withLock { $0.now -= 1 } }
                block.initializeMemory(as: UInt8.self, repeating: mark)
                return block.allSatisfy { $0 == mark }
            }
            if unharmed != true { clashes.withLock { $0 += 1 } }
        }

        #expect(clashes.withLock { $0 } == 0)
        #expect((1...2).contains(peak.withLock { $0.highest }))
        #expect(pool.residentBytes <= 2 * Self.block)
    }
}
