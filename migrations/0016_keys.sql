-- Exchanging master keys: which key sealed what, the right to exchange it, and keys that are gone.

-- The name of the key that sealed a value, as it stands in the open in it; NULL when it has none.
CREATE FUNCTION sealing_key(sealed bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(sealed) > 4 AND substr(sealed, 1, 3) = '\x535001'::bytea
        THEN encode(substr(sealed, 5, get_byte(sealed, 3)), 'escape') END;

-- 'on' in sendproof.keys: the operators' commands for master keys, which see the wrapped data keys
-- of every tenant, and nothing else of any.
CREATE FUNCTION is_keeping_keys() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('sendproof.keys', true), '') = 'on';

-- The column says what the value says, so that counting by it is a proof.
ALTER TABLE data_keys
    ADD CONSTRAINT data_keys_sealing_key CHECK (sealing_key(wrapped) IS NOT DISTINCT FROM master_key_id);
CREATE INDEX data_keys_by_master_key ON data_keys (master_key_id, tenant_id);

CREATE POLICY keys_are_seen ON data_keys FOR SELECT USING (is_keeping_keys());
CREATE POLICY keys_are_exchanged ON data_keys FOR UPDATE
    USING (is_keeping_keys()) WITH CHECK (is_keeping_keys());
-- A key may be wrapped anew, and stays its tenant's.
REVOKE UPDATE ON data_keys FROM sendproof_app;
GRANT UPDATE (wrapped, master_key_id) ON data_keys TO sendproof_app;

-- Everything that a master key sealed directly. A migration that seals more under one adds it here.
CREATE VIEW master_key_uses WITH (security_invoker = true) AS
    SELECT 'data_keys' AS place, master_key_id, count(*) AS rows
    FROM data_keys GROUP BY master_key_id
    UNION ALL
    SELECT 'platform_relay', sealing_key(v.sealed), count(*)
    FROM platform_relay r CROSS JOIN LATERAL (VALUES (r.sealed), (r.password_sealed)) v (sealed)
    WHERE v.sealed IS NOT NULL GROUP BY sealing_key(v.sealed);
GRANT SELECT ON master_key_uses TO sendproof_app;

-- Master keys that were taken out of the key file. Nothing is sealed with one any more: a process that
-- still has it is told, and leaves no value behind that nobody can open.
CREATE TABLE retired_master_keys (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,32}$'),
    retired_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE retired_master_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE retired_master_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody_reads ON retired_master_keys FOR SELECT USING (true);
CREATE POLICY keys_are_retired ON retired_master_keys FOR INSERT WITH CHECK (is_keeping_keys());
GRANT SELECT, INSERT ON retired_master_keys TO sendproof_app;

CREATE FUNCTION refuse_retired_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used text[];
BEGIN
    -- Against who retires a key at this moment: that one waits for this transaction, or this for that.
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('sendproof master keys', 16));
    IF TG_TABLE_NAME = 'data_keys' THEN
        used := ARRAY[NEW.master_key_id];
    ELSE
        used := ARRAY[sealing_key(NEW.sealed), sealing_key(NEW.password_sealed)];
    END IF;
    IF EXISTS (SELECT FROM retired_master_keys WHERE id = ANY (used)) THEN
        RAISE EXCEPTION 'sealed with a master key that was retired: %',
            array_to_string(used, ', ')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'retired_master_keys';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_retired_key BEFORE INSERT OR UPDATE ON data_keys
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
CREATE TRIGGER refuse_retired_key BEFORE INSERT OR UPDATE ON platform_relay
    FOR EACH ROW EXECUTE FUNCTION refuse_retired_key();
