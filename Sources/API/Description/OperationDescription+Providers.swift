import HTTP
import SMTP

extension OperationDescription {
    static func provider(_ name: OperationName) -> OperationDescription {
        if name == .listProviders {
            return .init("The secret providers", "All of the tenant", .object("ProviderList"))
        }
        if name == .deleteProvider {
            var words = OperationDescription("Delete a secret provider", "It is gone", nil)
            words.status = .noContent
            words.isVersioned = true
            words.ownProblems = [.conflict]
            return words
        }
        let summaries: [OperationName: String] = [
            .createProvider: "Set up a secret provider", .showProvider: "A secret provider",
            .saveProvider: "Save a secret provider",
        ]
        var words = OperationDescription(
            summaries[name] ?? "",
            "The provider as it is saved",
            .object("Provider")
        )
        words.headers = ["ETag"]
        words.outputExample = Examples.provider
        words.isVersioned = name == .saveProvider
        words.needsVersion = name == .saveProvider
        guard name != .showProvider else { return words }
        words.input = "ProviderInput"
        words.inputExample = Examples.providerInput
        if name == .createProvider {
            words.status = .created
            words.headers.append("Location")
        }
        return words
    }

    /// What is done with a provider, and its entries.
    static func ofProvider(_ name: OperationName) -> OperationDescription {
        var words: OperationDescription
        switch name {
        case .testProvider:
            words = .init(
                "Test a secret provider, within 20 seconds",
                "Three answers, one after the other",
                .object("ProviderCheck")
            )
            words.input = "ReferenceInput"
            words.outputExample = Examples.check
        case .listKeys:
            words = .init(
                "The keys of a secret of HashiCorp Vault, without values",
                "What came of it",
                .object("KeyList")
            )
            words.input = "ReferenceInput"
        case .addEntry:
            words = .init("Give a reference a name", "The entry", .object("ProviderEntry"))
            words.status = .created
            words.input = "EntryInput"
        case .saveEntry:
            words = .init("Change an entry", "The entry", .object("ProviderEntry"))
            words.input = "EntryInput"
        default:
            words = .init("Delete an entry", "It is gone", nil)
            words.status = .noContent
        }
        return words
    }
}
