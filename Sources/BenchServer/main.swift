// What deploy/bench measures: parts of the product, driven without the rest of it.
//
//     BenchServer [PORT] [LOOPS]       serves /text (13 bytes) and /page (8 KB) from memory
//     BenchServer template [COUNT]     renders a settings page COUNT times, prints its cost
//     BenchServer enqueue COUNT TENANT PORT [TLS [USERNAME PASSWORD]]
//                                      asks for COUNT test sends to 127.0.0.1:PORT
//     BenchServer latency COUNT TENANT PORT [TLS [USERNAME PASSWORD]]
//                                      the same, each after the one before was recorded
//     BenchServer profile TENANT PORT [TLS [USERNAME PASSWORD]]
//                                      makes 127.0.0.1:PORT what the tenant sends with
//     BenchServer post COUNT TENANT    hands COUNT messages over, for workers to send
//     BenchServer smtp COUNT CONNECTIONS PORT new|kept
//                                      hands COUNT messages to the relay at 127.0.0.1:PORT
//     BenchServer hold COUNT PORT      holds COUNT conversations at once

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
} else if arguments.count > 3, arguments[1] == "profile" {
    guard let relay = JobBench.Relay(Array(arguments[3...])) else {
        throw JobBench.Failure(text: "usage: profile TENANT PORT [TLS …]")
    }
    try await MessageBench.activate(relay, tenant: arguments[2])
} else if arguments.count == 4, arguments[1] == "post" {
    guard let count = Int(arguments[2]) else {
        throw JobBench.Failure(text: "usage: post COUNT TENANT")
    }
    try await MessageBench.post(count, tenant: arguments[3])
} else if arguments.count == 6, arguments[1] == "smtp" {
    guard let count = Int(arguments[2]), let connections = Int(arguments[3]), connections > 0,
        let port = UInt16(arguments[4])
    else { throw JobBench.Failure(text: "usage: smtp COUNT CONNECTIONS PORT new|kept") }
    try await SMTPBench.run(
        count: count,
        connections: connections,
        port: port,
        keeps: arguments[5] == "kept"
    )
} else if arguments.count == 4, arguments[1] == "hold" {
    guard let count = Int(arguments[2]), let port = UInt16(arguments[3]) else {
        throw JobBench.Failure(text: "usage: hold COUNT PORT")
    }
    try await SMTPBench.hold(count, port: port)
} else {
    try await MemoryServer.run(
        port: arguments.count > 1 ? UInt16(arguments[1]) ?? 8080 : 8080,
        loopCount: arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2
    )
}
