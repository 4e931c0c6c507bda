/// The tree of all patterns of a route table; leaves name routes by their number.
package struct RouteIndex: Sendable {
    /// What a method and a path lead to.
    package enum Match {
        case found(Int, RouteParameters)
        case notFound
        case methodNotAllowed([Method])
    }

    private struct Node {
        var literals: [(text: [UInt8], node: Int)] = []
        var parameter: Int?
        var targets: [Target] = []
    }

    private struct Target {
        let method: Method
        let route: Int
        let parameters: [RouteParameters.Position]
    }

    private var nodes = [Node()]
    private var count = 0

    /// Finds the route for a decoded path: segments, each after a slash.
    package func match(_ method: Method, _ path: ArraySlice<UInt8>) -> Match {
        guard let node = root(path) else { return .notFound }
        let targets = nodes[node].targets
        for target in targets where target.method == method { return found(target, path) }
        if method == .head {
            for target in targets where target.method == .get { return found(target, path) }
        }
        var allowed = targets.map(\.method)
        if allowed.contains(.get), !allowed.contains(.head) { allowed.append(.head) }
        return .methodNotAllowed(allowed)
    }

    private func found(_ target: Target, _ path: ArraySlice<UInt8>) -> Match {
        .found(target.route, RouteParameters(positions: target.parameters, path: path))
    }

    private func root(_ path: ArraySlice<UInt8>) -> Int? {
        let path = path.span
        guard path.isEmpty || path[0] == Byte.slash else { return nil }
        guard path.count > 1 else { return nodes[0].targets.isEmpty ? nil : 0 }
        return find(path, at: 1, from: 0)
    }

    /// The node of the most literal pattern for what begins at `start`, after a slash.
    private func find(_ path: Span<UInt8>, at start: Int, from node: Int) -> Int? {
        var end = start
        while end < path.count, path[end] != Byte.slash { end += 1 }
        let segment = path.extracting(start..<end)
        for literal in nodes[node].literals where segment.isEqual(to: literal.text.span) {
            if let found = leaf(path, after: end, from: literal.node) { return found }
        }
        guard let parameter = nodes[node].parameter, end > start else { return nil }
        return leaf(path, after: end, from: parameter)
    }

    private func leaf(_ path: Span<UInt8>, after end: Int, from node: Int) -> Int? {
        if end < path.count { return find(path, at: end + 1, from: node) }
        return nodes[node].targets.isEmpty ? nil : node
    }
}

// MARK: - Building

extension RouteIndex {
    /// Adds the next route.
    mutating func insert(_ method: Method, _ text: String) throws(RouteTableError) {
        var node = 0
        var parameters: [RouteParameters.Position] = []
        for (position, segment) in try RoutePattern(text).segments.enumerated() {
            switch segment {
            case .literal(let text): node = child(of: node, literal: Array(text.utf8))
            case .parameter(let name):
                node = parameterChild(of: node)
                parameters.append(RouteParameters.Position(name: name, segment: position))
            }
        }
        guard !nodes[node].targets.contains(where: { $0.method == method }) else {
            throw RouteTableError(.repeatedRoute, pattern: text)
        }
        nodes[node].targets.append(Target(method: method, route: count, parameters: parameters))
        count += 1
    }

    private mutating func child(of node: Int, literal text: [UInt8]) -> Int {
        if let known = nodes[node].literals.first(where: { $0.text == text }) {
            return known.node
        }
        nodes.append(Node())
        nodes[node].literals.append((text, nodes.count - 1))
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let known = nodes[node].parameter { return known }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }
}

extension Span<UInt8> {
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
