import Glibc

/// What libFuzzer calls with each input; a broken rule ends the process, and libFuzzer keeps the
/// input.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    do {
        try FuzzedInput.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        _ = "\(error)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        abort()
    }
    return 0
}
