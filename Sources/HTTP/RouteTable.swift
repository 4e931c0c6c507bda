import Observability

/// Which endpoint answers which method and path.
///
/// A pattern is a path whose segments are literal or a parameter in braces:
/// `/t/{t}/tests/{id}/events`. Literal segments beat parameters; a trailing slash is another path.
package struct RouteTable<Endpoint: Sendable>: Sendable {
    /// One line of the table.
    package struct Route: Sendable {
        package let method: Method
        package let pattern: String
        package let endpoint: Endpoint

        package init(_ method: Method, _ pattern: String, _ endpoint: Endpoint) {
            self.method = method
            self.pattern = pattern
            self.endpoint = endpoint
        }
    }

    /// What a request's method and path lead to.
    package enum Match {
        case found(Endpoint, RouteParameters)
        case notFound
        /// The path exists for these methods.
        case methodNotAllowed([Method])
    }

    /// All routes in the order given.
    package let routes: [Route]
    private var nodes = [Node()]

    private struct Node {
        var literals: [(text: String, node: Int)] = []
        var parameter: Int?
        var targets: [Target] = []
    }

    private struct Target {
        let method: Method
        let route: Int
        let parameters: [RouteParameters.Position]
    }

    /// Builds the table.
    ///
    /// Throws: `RouteTableError` for a malformed pattern, and when two routes are the same.
    package init(_ routes: [Route]) throws(RouteTableError) {
        self.routes = routes
        for index in routes.indices { try insert(index) }
    }

    /// Finds the endpoint for the decoded segments of a path; HEAD is answered by GET.
    package func match(_ method: Method, _ path: [String]) -> Match {
        guard let node = find(path, 0, from: 0) else { return .notFound }
        let targets = nodes[node].targets
        if let target = targets.first(where: { $0.method == method }) ?? fallback(method, targets) {
            let parameters = RouteParameters(positions: target.parameters, path: path)
            return .found(routes[target.route].endpoint, parameters)
        }
        var allowed = targets.map(\.method)
        if allowed.contains(.get), !allowed.contains(.head) { allowed.append(.head) }
        return .methodNotAllowed(allowed)
    }

    private func fallback(_ method: Method, _ targets: [Target]) -> Target? {
        method == .head ? targets.first { $0.method == .get } : nil
    }

    /// The node of the most literal pattern for `path`.
    private func find(_ path: [String], _ depth: Int, from index: Int) -> Int? {
        guard depth < path.count else { return nodes[index].targets.isEmpty ? nil : index }
        let segment = path[depth]
        for literal in nodes[index].literals
        where literal.text.utf8.elementsEqual(segment.utf8) {
            if let found = find(path, depth + 1, from: literal.node) { return found }
        }
        guard let parameter = nodes[index].parameter, !segment.utf8.isEmpty else { return nil }
        return find(path, depth + 1, from: parameter)
    }
}

// MARK: - Building

extension RouteTable {
    private mutating func insert(_ index: Int) throws(RouteTableError) {
        let route = routes[index]
        let pattern = try RoutePattern(route.pattern)
        var node = 0
        var parameters: [RouteParameters.Position] = []
        for (position, segment) in pattern.segments.enumerated() {
            switch segment {
            case .literal(let text): node = child(of: node, literal: text)
            case .parameter(let name):
                node = parameterChild(of: node)
                parameters.append(RouteParameters.Position(name: name, segment: position))
            }
        }
        guard !nodes[node].targets.contains(where: { $0.method == route.method }) else {
            throw RouteTableError(.repeatedRoute, pattern: route.pattern)
        }
        nodes[node].targets.append(
            Target(method: route.method, route: index, parameters: parameters)
        )
    }

    private mutating func child(of node: Int, literal text: String) -> Int {
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
