/// The header fields that make a page safe: nothing is loaded, framed, cached or leaked that need
/// not be.
package enum SecurityHeaders {
    /// Adds the fields to a page; Strict-Transport-Security only over HTTPS, where it counts.
    ///
    /// A page that is framed by our own, such as a captured message, brings a policy of its own.
    package static func apply(
        to response: inout Response,
        isSecure: Bool
    ) {
        let policy = response.contentPolicy ?? standardPolicy
        response.headers.append("Content-Security-Policy", policy)
        response.headers.append(isSecure ? overHTTPS : plain)
    }

    private static let standardPolicy: HeaderValue = """
        default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
        connect-src 'self'; form-action 'self'; frame-src 'self'; base-uri 'none'; \
        frame-ancestors 'none'
        """

    private static let plain = HeaderList([
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Permissions-Policy":
            """
        accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
        magnetometer=(), microphone=(), midi=(), payment=(), usb=()
        """,
    ])

    private static let overHTTPS: HeaderList = {
        var list = plain
        list.append("Strict-Transport-Security", "max-age=31536000")
        return list
    }()
}
