import Postgres

extension TestDatabase {
    /// Runs a script that row-level security does not hold back, to arrange rows.
    package func arrange(_ script: String) throws {
        try BlockingConnection(administrator).runScript(script)
    }
}
