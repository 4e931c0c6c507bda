import API
import Accounts
import Foundation
import HTTP
import SMTP
import TestSupport
import Testing

/// The description says what there is.
@Suite struct DescriptionTests {
    @Test func `every route is described, and everything described is a route`() async throws {
        try await withAPI { scene in
            let reply = try await scene.program().get("/api/v1/openapi.json")
            #expect(reply.status == 200)
            #expect(reply.json["openapi"] == "3.1.0")
            let described = (reply.json["paths"]?.members ?? []).flatMap { path in
                (path.value.members ?? []).filter { $0.name != "parameters" }.map {
                    "\($0.name.uppercased()) \(path.name)"
                }
            }
            let routes = API.accessList.map { "\($0.method.name) \($0.path.rawValue)" }
            #expect(described.sorted() == routes.sorted())
            #expect(Set(described).count == described.count)
        }
    }

    @Test func `every operation has a name of its own, its permission and its refusals`()
        async throws
    {
        try await withAPI { scene in
            let reply = try await scene.program().get("/api/v1/openapi.json")
            var names: Set<String> = []
            for route in API.accessList {
                let path = reply.json["paths"]?[route.path.rawValue]
                let operation = try #require(path?[route.method.name.lowercased()])
                names.insert(try #require(operation["operationId"]?.text))
                if case .tenant(let permission?) = route.access {
                    let text = try #require(operation["description"]?.text)
                    #expect(text.contains(permission.rawValue))
                    #expect(operation["responses"]?["403"] != nil)
                }
                if route.access == .everybody {
                    #expect(operation["security"] == [])
                } else {
                    #expect(operation["security"] == nil)
                    #expect(operation["responses"]?["401"] != nil)
                }
            }
            #expect(names.count == API.accessList.count)
        }
    }

    @Test func `every route stands in the table of docs/api.md with its permission`() throws {
        let path = TestCluster.repository + "/docs/api.md"
        let lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
        for route in API.accessList {
            let row = lines.first {
                $0.hasPrefix("| `\(route.method.name) \(route.path.rawValue)` |")
            }
            let text = try #require(row, "\(route.method.name) \(route.path.rawValue)")
            if case .tenant(let permission?) = route.access {
                #expect(text.contains("`\(permission.rawValue)`"), "\(text)")
            }
        }
    }

    @Test func `the description has its examples`() async throws {
        try await withAPI { scene in
            let reply = try await scene.program().get("/api/v1/openapi.json")
            #expect(reply.body.components(separatedBy: #""example":"#).count >= 8)
        }
    }

    @Test func `an answer that is not as described is found`() throws {
        let judge = Judge()
        let wrong = Array(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":1}".utf8
        )
        judge.note("GET", "/api/v1/x", try Reply(parsing: wrong))
        let description = """
            {"paths":{"/api/v1/{x}":{"get":{"responses":{"200":{"content":{"application/json":
            {"schema":{"$ref":"#/components/schemas/A"}}}}}}}},
            "components":{"responses":{},"schemas":{"A":{"type":"object","required":["b"]}}}}
            """
        withKnownIssue { try judge.check(description: description) }
    }
}
