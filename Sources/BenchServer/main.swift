// What deploy/bench measures: the production server and template renderer and nothing else.
//
//     BenchServer [PORT] [LOOPS]       serves /text (13 bytes) and /page (8 KB) from memory
//     BenchServer template [COUNT]     renders a settings page COUNT times, prints its cost

let arguments = CommandLine.arguments
if arguments.count > 1, arguments[1] == "template" {
    try TemplateBench.run(count: arguments.count > 2 ? Int(arguments[2]) ?? 2000 : 2000)
} else {
    try await MemoryServer.run(
        port: arguments.count > 1 ? UInt16(arguments[1]) ?? 8080 : 8080,
        loopCount: arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2
    )
}
