/// A value that must not be shown: printing, interpolating, dumping and encoding it give a mark.
///
/// The value leaves only through `reveal`, so that every place that reads a secret can be found.
package struct Redacted<Value: Sendable>: Sendable {
    private let value: Value

    package init(_ value: Value) {
        self.value = value
    }

    /// Hands the value to `body`; keep it no longer than the call.
    package func reveal<Result, Failure: Error>(
        _ body: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(value)
    }
}

/// Whether two values are the same tells nothing of them; not for guarding access, as the time it
/// takes depends on the values.
extension Redacted: Equatable where Value: Equatable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
