package import Observability
package import SMTP

/// A secret as a provider gave it.
package struct ProvidedSecret: Sendable {
    package let value: Redacted<[UInt8]>
    /// As the provider names it; nil when it has no versions.
    package let version: String?
    /// What is known of it besides, and is no secret.
    package let facts: [Fact]

    package init(_ value: Redacted<[UInt8]>, version: String? = nil, facts: [Fact] = []) {
        self.value = value
        self.version = version
        self.facts = facts
    }
}

/// A secret fetched, or why not, with what was said.
package struct ProviderExchange: Sendable {
    package let result: Result<ProvidedSecret, ProviderFailure>
    /// Fit to be shown; never a secret.
    package let lines: [Line]

    package init(result: Result<ProvidedSecret, ProviderFailure>, lines: [Line]) {
        self.result = result
        self.lines = lines
    }
}

/// A provider, or a secret of the internal store, tested: three answers, one after the other.
package struct ProviderCheck: Sendable {
    package enum Answer: Sendable, Equatable {
        case ok
        case failed(ProviderFailure)
        /// An earlier one failed, or there is nothing to try it with.
        case notTried
    }

    /// Whether the product's API answers.
    package internal(set) var reaches = Answer.notTried
    /// Whether it accepts what we sign in with.
    package internal(set) var authenticates = Answer.notTried
    /// Whether it lets us read the secret.
    package internal(set) var reads = Answer.notTried
    /// When the token that somebody gave us ends; nil for none, and for tokens that we get ourselves.
    package internal(set) var tokenExpiresAt: TraceTime?
    /// What the provider says of itself, of the token and of the secret.
    package internal(set) var facts: [Fact] = []
    /// Fit to be shown; never a secret.
    package internal(set) var lines: [Line] = []

    package init() {}

    /// Of the internal store, where nothing is said on the way.
    package init(reaches: Answer, authenticates: Answer, reads: Answer, facts: [Fact]) {
        self.reaches = reaches
        self.authenticates = authenticates
        self.reads = reads
        self.facts = facts
    }

    /// The first that failed.
    package var failure: ProviderFailure? {
        for case .failed(let failure) in [reaches, authenticates, reads] { return failure }
        return nil
    }
}
