import Cryptography
import OAuth
import Observability
import Outbound
import SMTP
import Sockets

/// One conversation with a provider: sends requests within the time that is left, and writes down
/// what is said.
struct ProviderCall {
    let settings: ProviderSettings
    let url: ProviderURL
    let loop: EventLoop
    let deadline: Deadline
    private let line: ProviderLine
    private var words: ServerWords
    /// Fit to be shown.
    private(set) var lines: [Line] = []

    /// How long one answer may take.
    static let timeLimit: Duration = .seconds(20)
    /// Bytes of one answer.
    static let answerLimit = 256 * 1024

    /// Throws: a URL that is none.
    init(
        _ settings: ProviderSettings,
        _ line: ProviderLine,
        on loop: EventLoop,
        until deadline: Deadline
    ) throws(ProviderFailure) {
        self.settings = settings
        self.line = line
        self.loop = loop
        self.deadline = deadline
        url = try ProviderURL(settings["url"])
        words = ServerWords()
        if let value = settings.credentials?.value { learn(value) }
    }

    /// Blacks this out in what is said from now on.
    mutating func learn(_ secret: Redacted<[UInt8]>) {
        words.learn(secret)
        words.learn(Redacted(secret.reveal(Base64.encodeBytes)))
    }

    /// Sends one request; a status of any kind is an answer.
    mutating func send(_ request: ProviderRequest) async throws(ProviderFailure) -> ProviderAnswer {
        var wire = try request.request()
        wire.proxy = try proxy(to: request.url)
        wire.trustedCertificates = settings.trustedCertificates
        wire.clientCertificate = settings.clientCertificate
        wire.answerLimit = Self.answerLimit
        lines += request.transcript.map { Line(from: .us, text: words.text($0)) }
        let answer: ProviderAnswer
        do throws(HTTPSError) {
            let until = min(deadline, .after(Self.timeLimit))
            answer = ProviderAnswer(try await line.https.send(wire, on: loop, until: until))
        } catch {
            throw ProviderFailure(error)
        }
        lines += answer.lines(showing: request.shown, words)
            .map { Line(from: .relay, text: $0) }
        return answer
    }

    /// A token of Microsoft's for the application that the provider signs in with.
    mutating func exchange(
        at address: String,
        clientID: String,
        secret: Redacted<[UInt8]>,
        scope: String
    ) async throws(ProviderFailure) -> TokenAnswer {
        guard let url = HTTPSURL(address) else {
            throw ProviderFailure(ProviderAdvice.settings, "the tenant ID is none")
        }
        var endpoint = TokenEndpoint(
            url: url,
            clientID: clientID,
            clientSecret: secret,
            scope: scope,
            audience: ""
        )
        endpoint.proxy = try proxy(to: url)
        let exchange = await line.tokens.exchange(
            .clientCredentials,
            at: endpoint,
            on: loop,
            until: deadline
        )
        lines += exchange.lines
        switch exchange.result {
        case .success(let answer): return answer
        case .failure(let failure): throw ProviderFailure(failure).at(url.place)
        }
    }

    /// `words` of the provider without what nobody may see.
    func clean(_ words: String) -> String { self.words.text(words) }

    private func proxy(to url: HTTPSURL) throws(ProviderFailure) -> Proxy? {
        switch line.proxies.choice(for: url.host, port: url.port) {
        case .none, .exempt: return nil
        case .proxy(let proxy, _): return proxy
        case .unusable(let variable):
            throw ProviderFailure(
                ProviderAdvice.settings,
                "the environment variable \(variable) names no proxy that can be used"
            )
        }
    }
}

/// What all conversations go over.
struct ProviderLine: Sendable {
    let https: HTTPSClient
    let tokens: TokenClient
    let proxies: ProxyEnvironment
}
