-- All mechanisms of the submission client: CRAM-MD5, DIGEST-MD5, SCRAM, NTLM, Kerberos and OAuth
-- tokens besides PLAIN and LOGIN.

ALTER TABLE email_profiles
    DROP CONSTRAINT email_profiles_authentication_check,
    ADD CONSTRAINT email_profiles_authentication_check CHECK (authentication IN (
        'none', 'automatic', 'login', 'plain', 'cramMD5', 'digestMD5', 'scramSHA1', 'scramSHA256',
        'ntlm', 'kerberos', 'xoauth2', 'oauthBearer'
    ));

ALTER TABLE platform_relay
    DROP CONSTRAINT platform_relay_authentication_check,
    ADD CONSTRAINT platform_relay_authentication_check CHECK (authentication IN (
        'none', 'automatic', 'login', 'plain', 'cramMD5', 'digestMD5', 'scramSHA1', 'scramSHA256',
        'ntlm', 'kerberos', 'xoauth2', 'oauthBearer'
    ));
