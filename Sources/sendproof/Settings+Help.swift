extension Settings {
    /// Every variable of the environment, for `--help`; README.md says more of each.
    static let help = """
        Environment:
          DATABASE_URL                  the application's connection to PostgreSQL, or
          DATABASE_URL_FILE             a file that holds it; required
          MIGRATION_DATABASE_URL        the owner's connection, for `migrate` (or …_FILE)
          SENDPROOF_MASTER_KEYS_FILE    the file with the master keys; required
          SENDPROOF_LISTEN              address and port (127.0.0.1:8080)
          SENDPROOF_TLS_CERTIFICATE     PEM files, to serve HTTPS without a proxy;
          SENDPROOF_TLS_KEY             both or neither
          SENDPROOF_TRUSTED_PROXIES     networks whose X-Forwarded fields are believed
          SENDPROOF_ROOT                the folder with Views, Public and migrations (.)
          SENDPROOF_WORKERS             tests at once in this process (8); 0: none
          SENDPROOF_EGRESS              everything, or publicOnly for the relays of tenants
          SENDPROOF_DNS_SERVERS         name servers for relays (the system's)
          SENDPROOF_REQUIRE_TLS         true: no profile may send unencrypted (false)
          SENDPROOF_ACTIVATION_REQUIRES_TEST  true: only tested profiles become active (false)
          SENDPROOF_CERTIFICATE_FOLDER  files that certificates may name; none without it
          SENDPROOF_TESTS_AT_ONCE       tests of one tenant that wait or run (3)
          SENDPROOF_TESTS_PER_HOUR      tests of one tenant within any hour (30)
          SENDPROOF_TEST_RETENTION_DAYS days that finished tests are kept (2)
          SENDPROOF_DELIVERIES          messages handed over at once in this process (16)
          SENDPROOF_DELIVERIES_PER_TENANT  of one tenant, by all processes together (8)
          SENDPROOF_DELIVERY_HOURS      hours that a message is tried (48)
          SENDPROOF_DELIVERY_RETENTION_DAYS  days that ended messages are in the log (30)
          SENDPROOF_MESSAGES_PER_CONNECTION  messages on one connection to a relay (100)
          SENDPROOF_MESSAGES_WAITING    messages of one tenant that may wait (10000)
          SENDPROOF_DATABASE_CONNECTIONS  connections to PostgreSQL for each core (8)
          SENDPROOF_DOCUMENTATION_URL   where help links lead
          SENDPROOF_LOG_LEVEL           debug, info, warning, error (info)
          SENDPROOF_LOG_FOLDER          the folder for the log files of profiles; none without
          SENDPROOF_LOG_FILE_BYTES      size at which a log file is put aside (10000000)
          SENDPROOF_LOG_FILE_DAYS       days after which a line of a log file is gone (30)
          SENDPROOF_ARGON2_MEMORY       KiB of a password hash (65536)
          SENDPROOF_ARGON2_ITERATIONS   passes of a password hash (3)
          SENDPROOF_CAPTURE_FOLDER      the demo's captured mail; not in production
          SENDPROOF_CAPTURE_ADDRESS     the demo's relay (127.0.0.1:2525)
        """
}
