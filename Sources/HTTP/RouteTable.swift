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
    @usableFromInline
    package let index: RouteIndex

    /// Builds the table.
    ///
    /// Throws: `RouteTableError` for a malformed pattern, and when two routes are the same.
    package init(_ routes: [Route]) throws(RouteTableError) {
        self.routes = routes
        var index = RouteIndex()
        for route in routes { try index.insert(route.method, route.pattern) }
        self.index = index
    }

    /// Finds the endpoint for a request; HEAD is answered by GET.
    @inlinable
    package func match(_ request: Request) -> Match {
        match(request.method, decoded: request.decodedPath)
    }

    /// Finds the endpoint for the decoded segments of a path.
    package func match(_ method: Method, _ path: [String]) -> Match {
        match(method, decoded: Array(path.map { "/" + $0 }.joined().utf8)[...])
    }

    @inlinable
    package func match(_ method: Method, decoded path: ArraySlice<UInt8>) -> Match {
        switch index.match(method, path) {
        case .found(let route, let parameters): .found(routes[route].endpoint, parameters)
        case .notFound: .notFound
        case .methodNotAllowed(let methods): .methodNotAllowed(methods)
        }
    }
}
