import Synchronization

/// Runs a linked program over the values of one page.
struct TemplateRenderer {
    private struct Frame {
        let shape: Int
        /// The fields of a model, or the one value of any other frame.
        let values: [TemplateValue]
    }

    /// Sections and partials inside each other; more is taken for an endless include.
    private static let deepestNesting = 200

    private let program: TemplateProgram
    private var frames: [Frame] = []
    private var depth = 0
    private var output: [UInt8] = []

    static func render(
        _ value: TemplateValue,
        with program: TemplateProgram
    ) throws(TemplateError) -> [UInt8] {
        var renderer = TemplateRenderer(program: program)
        let expected = program.lastSize.load(ordering: .relaxed)
        renderer.output.reserveCapacity(expected + expected / 8)
        renderer.push(value, shape: 0)
        try renderer.run(0)
        program.lastSize.store(renderer.output.count, ordering: .relaxed)
        return renderer.output
    }

    private init(program: TemplateProgram) {
        self.program = program
    }

    private mutating func run(_ number: Int) throws(TemplateError) {
        let steps = program.routines[number]
        try run(steps, steps.indices)
    }

    private mutating func run(
        _ steps: TemplateRoutine,
        _ range: Range<Int>
    ) throws(TemplateError) {
        guard depth < Self.deepestNesting else { throw Self.endless }
        depth += 1
        var index = range.lowerBound
        while index < range.upperBound {
            let step = steps[index]
            index += 1
            switch step {
            case .literal(let start, let end):
                output.append(contentsOf: program.literals[start..<end])
            case .escaped(let address):
                if case .text(let text) = value(at: address) { output.appendEscaped(text) }
            case .raw(let address):
                if case .html(let html) = value(at: address) {
                    output.append(contentsOf: html.bytes)
                }
            case .section(let address, let frame, let end):
                try section(value(at: address), frame: frame, steps, index..<end)
                index = end
            case .inverted(let address, let end):
                if !value(at: address).isShown { try run(steps, index..<end) }
                index = end
            case .include(let number):
                try run(number)
            }
        }
        depth -= 1
    }

    private mutating func section(
        _ value: TemplateValue,
        frame: Int,
        _ steps: TemplateRoutine,
        _ range: Range<Int>
    ) throws(TemplateError) {
        guard value.isShown else { return }
        switch value {
        case .flag, .none:
            try run(steps, range)
        case .list(let items):
            for item in items {
                if case .none = item { continue }
                push(item, shape: frame)
                try run(steps, range)
                frames.removeLast()
            }
        case .text, .html, .fields:
            push(value, shape: frame)
            try run(steps, range)
            frames.removeLast()
        }
    }

    private mutating func push(_ value: TemplateValue, shape: Int) {
        if case .fields(let values) = value {
            frames.append(Frame(shape: shape, values: values))
        } else {
            frames.append(Frame(shape: TemplateAddress.scalarFrame, values: [value]))
        }
    }

    private func value(at address: TemplateAddress) -> TemplateValue {
        switch address {
        case .top:
            return frames.last?.values.first ?? .none
        case .field(let shape, let index):
            return frames[frame(of: shape)].values[index]
        case .path(let shape, let start, let end):
            var value = frames[frame(of: shape)].values[program.indices[start]]
            for index in program.indices[start + 1..<end] {
                guard case .fields(let values) = value else { return .none }
                value = values[index]
            }
            return value
        }
    }

    private func frame(of shape: Int) -> Int {
        var index = frames.count - 1
        while frames[index].shape != shape { index -= 1 }
        return index
    }

    private static let endless = TemplateError(
        .endless,
        [
            TemplateFinding(
                template: "",
                line: 0,
                message: "more than \(deepestNesting) partials in each other"
            )
        ]
    )
}
