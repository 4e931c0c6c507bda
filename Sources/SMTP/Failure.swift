import Mail
import Outbound
import SASL
import Sockets

/// What went wrong, where; the advice turns it into words.
struct Failure: Error, Sendable, Equatable {
    let step: StepName
    let reason: Reason

    enum Reason: Sendable, Equatable {
        // The settings.
        case credentialsMissing
        /// Kerberos with a user name and no password, or the other way round.
        case credentialsIncomplete
        /// A NUL, which no mechanism can carry.
        case credentialsInvalid
        case trustedCertificatesInvalid
        /// The client certificate; what is wrong with it.
        case clientCertificateInvalid(String)
        case noRecipient

        // The proxy.
        /// The environment's variable names none that can be used.
        case proxyUnusable(String)
        /// The name of the proxy.
        case proxyName(ResolverError.Kind)
        case proxyForbidden(String)
        case proxyConnect(SocketError.Kind)
        /// Only IPv6 addresses, and SOCKS4 carries none.
        case proxyWithoutIPv6
        case proxy(ProxyError)

        // The way.
        case resolver(ResolverError.Kind)
        /// The host has no address, but mail exchangers: it is a mail domain.
        case mailDomain
        /// The host has addresses, but none of the family that the settings ask for.
        case addressFamily(AddressFamily)
        /// The domain takes no mail (RFC 7505).
        case nullMX
        /// A mail exchanger of the domain has no address for us.
        case exchanger(String, ResolverError.Kind)
        case connect(SocketError.Kind)
        case forbidden(String)
        case tls(TLSError)
        /// The relay speaks this version of TLS at most, which is not used.
        case outdatedTLS(String)
        /// No greeting in plain text, but an answer to TLS.
        case tlsExpected

        // The conversation.
        /// The connection failed while an answer was awaited, or something was sent.
        case connection(SocketError.Kind)
        case violation(ReplyParser.Violation)
        case unsolicited(Reply)
        /// The relay answered with a code that the step cannot go on with.
        case reply(Reply)
        case startTLSNotOffered
        case startTLSRefused(Reply)
        case injectedPlaintext

        // Authentication.
        /// `beforeTLS`: what was offered before STARTTLS; nil without it.
        case mechanismNotOffered(offered: [String], beforeTLS: [String]?, hasStartTLS: Bool)
        case plaintextForbidden(mechanism: String)
        /// The exchange cannot go on, on our side.
        case signIn(SASLError, SASLMechanism)
        /// Another server that the mechanism needs did not answer in time.
        case signInTimedOut(SASLMechanism)
        /// Too many exchanges wait for other servers.
        case signInBusy
        /// The relay let us in without having proven itself.
        case relayProofMissing(SASLMechanism)
        /// The relay asked for more than the mechanism has to say.
        case challengeUnexpected
        /// With what the relay had against the token.
        case refused(Reply, SASLMechanism, String?)

        // The message.
        case tooLarge(limit: Int)
        case utf8NotOffered
        case eightBitNotOffered
        case requireTLSUnverified
        case requireTLSNotOffered
        /// A line of so many bytes.
        case lineTooLong(Int)
        /// Some recipients were refused, the others got the message.
        case recipientsRefused([Address], Reply)

        case cancelled
        case timedOut
        /// The final dot was sent, and no answer came.
        case unanswered(SocketError.Kind?)
    }

    /// Whether the relay did not greet in time.
    var isSilence: Bool {
        step == .greeting && reason == .connection(.timedOut)
    }
}
