package import Mail
package import Postgres

/// The From branding of a cloud tenant.
package struct Branding: Sendable {
    package let fromAddress: Address
    package let fromName: DisplayName?
    package let fingerprint: [UInt8]
    package let version: Int
    package let updatedAt: Timestamp
    package let updatedBy: String
}

/// The branding form as it was typed.
package struct BrandingForm: Sendable, Equatable {
    package var fromAddress = ""
    package var fromName = ""

    package init() {}

    package init(_ branding: Branding) {
        fromAddress = branding.fromAddress.text
        fromName = branding.fromName?.text ?? ""
    }

    /// Reads the form.
    ///
    /// Throws: `FormRejection` with everything that is wrong.
    package func parse() throws(FormRejection) -> BrandingDraft {
        var errors: [FieldError] = []
        var address: Address?
        var name: DisplayName?
        do throws(FieldError) {
            address = try SenderFields.address(fromAddress)
            if address == nil {
                throw FieldError("fromAddress", "required", "Enter the From email address.")
            }
        } catch { errors.append(error) }
        do throws(FieldError) { name = try SenderFields.name(fromName) } catch {
            errors.append(error)
        }
        guard errors.isEmpty, let address else { throw FormRejection(errors) }
        return BrandingDraft(fromAddress: address, fromName: name)
    }
}

/// A branding form that holds together.
package struct BrandingDraft: Sendable {
    package let fromAddress: Address
    package let fromName: DisplayName?
}
