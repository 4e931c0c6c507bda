// What deploy/bench measures: parts of the product, driven without the rest of it.
//
//     BenchServer [PORT] [LOOPS]       serves /text (13 bytes) and /page (8 KB) from memory
//     BenchServer template [COUNT]     renders a settings page COUNT times, prints its cost
//     BenchServer enqueue COUNT TENANT PORT [TLS [USERNAME PASSWORD]]
//                                      asks for COUNT test sends to 127.0.0.1:PORT
//     BenchServer latency COUNT TENANT PORT [TLS [USERNAME PASSWORD]]
//                                      the same, each after the one before was recorded

let arguments = CommandLine.arguments
if arguments.count > 1, arguments[1] == "template" {
    try TemplateBench.run(count: arguments.count > 2 ? Int(arguments[2]) ?? 2000 : 2000)
} else if arguments.count > 4, ["enqueue", "latency"].contains(arguments[1]) {
    guard let count = Int(arguments[2]), let relay = JobBench.Relay(Array(arguments[4...])) else {
        throw JobBench.Failure(text: "usage: \(arguments[1]) COUNT TENANT PORT [TLS …]")
    }
    if arguments[1] == "enqueue" {
        try await JobBench.enqueue(count, tenant: arguments[3], relay: relay)
    } else {
        try await JobBench.latency(count, tenant: arguments[3], relay: relay)
    }
} else {
    try await MemoryServer.run(
        port: arguments.count > 1 ? UInt16(arguments[1]) ?? 8080 : 8080,
        loopCount: arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2
    )
}
