import Synchronization

/// A template and its partials linked to the fields of one page type: nothing is left to look up
/// by name.
final class TemplateProgram: Sendable {
    /// The page's own template first, then each partial it includes.
    let routines: [TemplateRoutine]
    /// What the templates say between their tags, one after the other.
    let literals: [UInt8]
    /// The field numbers of all paths, one after the other.
    let indices: [Int]
    /// Size of the last output in bytes, the first guess for the next.
    let lastSize = Atomic<Int>(4096)

    init(routines: [TemplateRoutine], literals: [UInt8], indices: [Int]) {
        self.routines = routines
        self.literals = literals
        self.indices = indices
    }
}

/// The steps of one template or partial, linked for one stack of models.
typealias TemplateRoutine = [TemplateStep]

/// Numbers only, so that reading a step counts no references.
enum TemplateStep: Sendable, BitwiseCopyable {
    /// A part of the program's literals.
    case literal(start: Int, end: Int)
    case escaped(TemplateAddress)
    case raw(TemplateAddress)
    /// Runs the steps up to `end` for each item; `frame` is the shape number of what is pushed.
    case section(TemplateAddress, frame: Int, end: Int)
    /// Runs the steps up to `end` if the value is not shown.
    case inverted(TemplateAddress, end: Int)
    /// Runs another routine on the same stack.
    case include(Int)
}

/// Where a value stands at render time.
enum TemplateAddress: Sendable, BitwiseCopyable {
    /// The value on top of the stack.
    case top
    /// A field of the topmost frame of that shape.
    case field(shape: Int, index: Int)
    /// A field inside models inside the topmost frame of that shape; a part of the program's
    /// indices.
    case path(shape: Int, start: Int, end: Int)

    /// The shape number of frames that are not models, which no name can reach.
    static let scalarFrame = -1
}
