import Sockets

/// What the name service says: of the host, and of a domain's mail exchangers.
extension Advice {
    static func name(_ kind: ResolverError.Kind) -> AdviceEntry {
        switch kind {
        case .notFound: nameNotFound
        case .noAddress: nameWithoutAddress
        case .timedOut: nameTimeout
        case .serverFailure, .cancelled: nameServerFailure
        }
    }

    static let nameNotFound = AdviceEntry(
        .dnsNotFound,
        field: "host",
        who: .administrator,
        cause: "The name {host} does not exist here. Most often it is misspelt, or it is an "
            + "internal name that this server's name service does not know.",
        advice: "Check the spelling of the host. If it is right, ask the network team to make "
            + "the name known to this server."
    )

    static let nameWithoutAddress = AdviceEntry(
        .dnsNoAddress,
        field: "host",
        who: .administrator,
        cause: "The name {host} exists, but has no IPv4 or IPv6 address. It may be a mail domain "
            + "and not the name of a server.",
        advice: "Enter the name of the mail server itself, such as mail.{host}; the mail "
            + "administrator knows it."
    )

    static let nameServerFailure = AdviceEntry(
        .dnsServerFailure,
        field: "host",
        who: .network,
        temporary: true,
        cause: "The name servers could not answer for {host}: they reported a failure, or could "
            + "not be reached.",
        advice: "Ask the network team to check the name servers of this machine and of the "
            + "domain. Test again later."
    )

    static let nameTimeout = AdviceEntry(
        .dnsTimeout,
        field: "host",
        who: .network,
        temporary: true,
        cause: "No name server answered for {host} within {seconds} seconds. A firewall may block "
            + "port 53.",
        advice: "Ask the network team to check that this machine can reach its name servers."
    )

    static let mailDomain = AdviceEntry(
        .dnsNoAddress,
        field: "resolveMX",
        who: .administrator,
        cause: "The name {host} has no address: it is a mail domain, whose mail exchangers are "
            + "other hosts.",
        advice: "Enter the name of the relay itself, or switch on the look-up of mail exchangers "
            + "(resolveMX) to deliver to those of {host}."
    )

    static let otherFamily = AdviceEntry(
        .dnsNoAddress,
        field: "addressFamily",
        who: .administrator,
        cause: "{host} has addresses, but no {family} address, and only {family} is to be used.",
        advice: "Choose “automatic” as the address family, or enter a host with an {family} "
            + "address."
    )

    static let nullMX = AdviceEntry(
        .dnsNullMX,
        field: "host",
        who: .administrator,
        cause: "The domain {host} says that it takes no mail at all (a null MX record).",
        advice: "Enter the domain that takes the mail, or the name of the relay itself without the "
            + "look-up of mail exchangers."
    )

    // MARK: - Mail exchangers

    static func exchanger(_ kind: ResolverError.Kind) -> AdviceEntry {
        switch kind {
        case .notFound: exchangerNotFound
        case .noAddress: exchangerWithoutAddress
        case .timedOut: exchangerTimeout
        case .serverFailure, .cancelled: exchangerFailure
        }
    }

    static let exchangerNotFound = AdviceEntry(
        .dnsNotFound,
        field: "host",
        who: .mailAdministrator,
        cause: "The mail exchanger {exchanger} of {host} does not exist: the domain's MX record "
            + "names a host without an entry in the name service.",
        advice: "Ask the mail administrator of {host} to correct the MX record."
    )

    static let exchangerWithoutAddress = AdviceEntry(
        .dnsNoAddress,
        field: "host",
        who: .mailAdministrator,
        cause: "The mail exchanger {exchanger} of {host} has neither an IPv4 nor an IPv6 address.",
        advice: "Ask the mail administrator of {host} to correct the MX record, or to give the "
            + "exchanger an address."
    )

    static let exchangerTimeout = AdviceEntry(
        .dnsTimeout,
        field: "host",
        who: .network,
        temporary: true,
        cause: "No name server answered for the mail exchanger {exchanger} of {host} within "
            + "{seconds} seconds.",
        advice: "Ask the network team to check that this machine can reach its name servers."
    )

    static let exchangerFailure = AdviceEntry(
        .dnsServerFailure,
        field: "host",
        who: .network,
        temporary: true,
        cause: "The name servers could not answer for the mail exchanger {exchanger} of {host}.",
        advice: "Ask the network team to check the name servers of this machine and of the "
            + "exchanger's domain. Test again later."
    )

    static let nameEntries = [
        nameNotFound, nameWithoutAddress, nameServerFailure, nameTimeout, mailDomain, otherFamily,
        nullMX, exchangerNotFound, exchangerWithoutAddress, exchangerTimeout, exchangerFailure,
    ]
}
