import Glibc
import Templates

/// Renders a settings page of 40 fields and 20 rows, about 8 KB, and prints what one costs.
enum TemplateBench {
    static func run(count: Int) throws {
        let templates = try TemplateSet(sources: [
            BenchPage.template: BenchPage.source, "field": BenchField.source,
        ])
        var size = try templates.render(BenchPage.example).count
        for _ in 0..<count / 10 { size = try templates.render(BenchPage.example).count }
        let before = processorTime()
        for _ in 0..<count { size = try templates.render(BenchPage.example).count }
        let spent = processorTime() - before
        print("bytes \(size)")
        print("microseconds \(spent / Double(max(count, 1)))")
    }

    /// CPU time of this process, in microseconds.
    private static func processorTime() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1_000_000 + Double(time.tv_nsec) / 1000
    }
}
