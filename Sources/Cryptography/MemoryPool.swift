import Glibc
import Synchronization

/// Large blocks of memory that password hashes take turns in.
///
/// Fresh memory costs a page fault for every 4 KiB, a third of a hash's time; a block that is used
/// again costs none. Never more than `maximumBlocks` exist at once: who comes later waits, blocking
/// its thread. One block at most outlives the last hash, until `releaseIdle` finds it unused.
// Unchecked: the list is behind a mutex, and the semaphore is made for threads.
package final class MemoryPool: @unchecked Sendable {
    // Unchecked: a block is either in the list, behind the mutex, or with the one hash that took it.
    private struct Block: @unchecked Sendable {
        let memory: UnsafeMutableRawBufferPointer
        /// Used since `releaseIdle` last looked.
        var isRecent = true
    }

    private struct State {
        var free: [Block] = []
        var busy = 0
        var resident = 0
    }

    /// Blocks that may exist at the same time.
    package let maximumBlocks: Int
    private let state: Mutex<State>
    private let permits: UnsafeMutablePointer<sem_t>

    /// A pool for `maximumBlocks` simultaneous hashes, best one for each core; at least one.
    package init(maximumBlocks: Int) {
        self.maximumBlocks = max(1, maximumBlocks)
        state = Mutex(State())
        permits = .allocate(capacity: 1)
        sem_init(permits, 0, UInt32(self.maximumBlocks))
    }

    deinit {
        state.withLock { state in
            for block in state.free { munmap(block.memory.baseAddress, block.memory.count) }
        }
        sem_destroy(permits)
        permits.deallocate()
    }

    /// Bytes the pool holds at this moment, busy blocks included.
    package var residentBytes: Int {
        state.withLock { $0.resident }
    }

    /// Gives blocks that nobody used since the previous call back to the system.
    ///
    /// For a timer, every few seconds: a block stays while hashing is busy, and is gone within two
    /// periods after the last hash.
    package func releaseIdle() {
        state.withLock { state in
            let idle = state.free.filter { !$0.isRecent }
            state.free.removeAll { !$0.isRecent }
            for index in state.free.indices { state.free[index].isRecent = false }
            for block in idle { Self.unmap(block, in: &state) }
        }
    }

    /// Runs `body` in a block of exactly `byteCount` bytes of undefined content.
    func withBlock<Result>(
        byteCount: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) throws -> Result {
        while sem_wait(permits) != 0 {}
        defer { sem_post(permits) }
        let block = try take(byteCount)
        defer { giveBack(block) }
        return try body(UnsafeMutableRawBufferPointer(rebasing: block.memory.prefix(byteCount)))
    }
}

extension MemoryPool {
    private func take(_ byteCount: Int) throws -> Block {
        let reused: Block? = state.withLock { state in
            state.busy += 1
            let fits = state.free.firstIndex { $0.memory.count == byteCount }
            if let fits { return state.free.remove(at: fits) }
            // A hash of other parameters takes the place of a block, it does not come on top.
            if let other = state.free.popLast() { Self.unmap(other, in: &state) }
            state.resident += byteCount
            return nil
        }
        if let reused { return reused }
        let address = mmap(
            nil,
            byteCount,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS,
            -1,
            0
        )
        guard let address, address != MAP_FAILED else {
            let reason = String(cString: strerror(errno))
            state.withLock { state in
                state.busy -= 1
                state.resident -= byteCount
            }
            throw CryptographyError(.outOfMemory, "\(byteCount) bytes: \(reason)")
        }
        // Only faster: a system without huge pages serves small ones.
        _ = madvise(address, byteCount, MADV_HUGEPAGE)
        return Block(memory: UnsafeMutableRawBufferPointer(start: address, count: byteCount))
    }

    private func giveBack(_ block: Block) {
        state.withLock { state in
            state.busy -= 1
            state.free.append(Block(memory: block.memory))
            guard state.busy == 0 else { return }
            for surplus in state.free.dropLast() { Self.unmap(surplus, in: &state) }
            state.free = state.free.suffix(1)
        }
    }

    private static func unmap(_ block: Block, in state: inout State) {
        munmap(block.memory.baseAddress, block.memory.count)
        state.resident -= block.memory.count
    }
}
