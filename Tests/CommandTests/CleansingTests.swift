import Foundation
import Testing

/// The product's `free` and `realloc`, which this program has too, as the product is linked into it.
@Suite struct CleansingTests {
    @Test func `a block keeps its content while it grows and shrinks`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var expected: [UInt8] = []
            var block: UnsafeMutableRawPointer?
            for _ in 0..<20 {
                let size = Int.random(in: 1...(1 << Int.random(in: 1...18)), using: &generator)
                block = realloc(block, size)
                let bytes = UnsafeMutableRawBufferPointer(
                    start: block,
                    count: size
                )
                let kept = min(size, expected.count)
                #expect(bytes[..<kept].elementsEqual(expected[..<kept]))
                for index in kept..<size { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
                expected = Array(bytes)
            }
            free(block)
        }
    }

    @Test func `sizes at the edges are what the C standard and callers expect`() {
        let none: UnsafeMutableRawPointer? = realloc(malloc(10), 0)
        #expect(none == nil)
        let made: UnsafeMutableRawPointer? = realloc(nil, 10)
        #expect(made != nil)
        free(made)
        free(nil)
        let kept: UnsafeMutableRawPointer? = malloc(10)
        let tooMuch: UnsafeMutableRawPointer? = realloc(kept, Int.max)
        #expect(tooMuch == nil)
        free(kept)
        let zeroed: UnsafeMutableRawPointer? = calloc(1000, 7)
        let bytes = UnsafeRawBufferPointer(start: zeroed, count: 7000)
        #expect(bytes.allSatisfy { $0 == 0 })
        free(zeroed)
    }
}
