"""The chain of the diary: what the database does so that no row can be changed unseen. `initiatives.audit` verifies it.

Each row has a `sequence` from 1 without gaps, in the order in which transactions committed, and
`hash = SHA-256(canonical(row))`, which covers the hash of the row before. docs/decisions/0014-log.md has every byte.
"""

ROW_FORM, DETAIL_FORM = "narplan-activity-1", "narplan-activity-detail-1"
GENESIS = bytes(32)
ERASED = "details_sha256"
"""What a row of the diary that tells of erased details has their digest under, in `after`."""

_SAFE = "SET search_path = pg_catalog, public, pg_temp"

# ruff: noqa: S608 - nothing but the constants above is put into the text
FUNCTIONS: tuple[str, ...] = (
    """
    CREATE FUNCTION narplan_canonical(VARIADIC fields text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
        SELECT string_agg(
            COALESCE(convert_to(octet_length(convert_to(f, 'UTF8')) || ':' || f || ',', 'UTF8'), '-'::bytea),
            ''::bytea ORDER BY place
        ) FROM unnest(fields) WITH ORDINALITY AS each(f, place)
    $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_hash(activity) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT sha256(narplan_canonical(
            '{ROW_FORM}', $1.sequence::text, encode($1.previous_hash, 'hex'), $1.id::text,
            to_char($1.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), $1.actor_kind::text,
            $1.person_id::text, $1.key_id::text, $1.organisation_id::text, $1.subject_type, $1.subject_id::text,
            $1.action, encode($1.detail_hash, 'hex')
        ))
    $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_begin() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
    BEGIN
        NEW.sequence := NULL; NEW.previous_hash := NULL; NEW.hash := NULL; NEW.detail_hash := NULL;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_commit() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE
        role text := COALESCE(current_setting('narplan.role', true), '');
    BEGIN
        PERFORM set_config('narplan.role', 'system', true);
        UPDATE activity SET sequence = 0 WHERE id = NEW.id AND sequence IS NULL;
        PERFORM set_config('narplan.role', role, true);
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_chain() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE
        head record;
        detail record;
    BEGIN
        IF OLD.sequence IS NOT NULL THEN
            RAISE EXCEPTION 'activity is append-only: a chained row is never changed' USING ERRCODE = '42501';
        END IF;
        PERFORM pg_advisory_xact_lock(7306, 7);
        NEW := OLD;
        SELECT a.sequence, a.hash INTO head FROM activity a WHERE a.sequence IS NOT NULL
            ORDER BY a.sequence DESC LIMIT 1;
        NEW.sequence := COALESCE(head.sequence, 0) + 1;
        NEW.previous_hash := COALESCE(head.hash, decode(repeat('00', 32), 'hex'));
        SELECT encode(d.salt, 'hex') AS salt, d.before::text AS before, d.after::text AS after INTO detail
            FROM activity_detail d WHERE d.activity_id = OLD.id AND d.salt IS NOT NULL;
        IF FOUND THEN
            NEW.detail_hash := sha256(narplan_canonical('{DETAIL_FORM}', detail.salt, detail.before, detail.after));
        END IF;
        NEW.hash := narplan_activity_hash(NEW);
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_refuse() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
    BEGIN
        IF TG_OP <> 'UPDATE' OR pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
        END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE FUNCTION narplan_activity_detail_guard() RETURNS trigger LANGUAGE plpgsql {_SAFE} AS $$
    DECLARE
        role text := COALESCE(current_setting('narplan.role', true), '');
        chained boolean;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            PERFORM set_config('narplan.role', 'system', true);
            chained := EXISTS (SELECT FROM activity a WHERE a.id = NEW.activity_id AND a.sequence IS NOT NULL);
            PERFORM set_config('narplan.role', role, true);
            IF chained OR NEW.erased_by IS NOT NULL THEN
                RAISE EXCEPTION 'activity_detail is written with its row, not afterwards' USING ERRCODE = '42501';
            END IF;
        ELSIF OLD.erased_by IS NOT NULL OR NEW.erased_by IS NULL OR NEW.activity_id <> OLD.activity_id THEN
            RAISE EXCEPTION 'activity_detail is only ever erased' USING ERRCODE = '42501';
        END IF;
        RETURN NEW;
    END $$
    """,
)
"""The lock is taken as the transaction commits and nothing is waited for after it: short, and never a deadlock."""

TRIGGERS: tuple[str, ...] = (
    "CREATE TRIGGER activity_begin BEFORE INSERT ON activity FOR EACH ROW EXECUTE FUNCTION narplan_activity_begin()",
    (
        "CREATE CONSTRAINT TRIGGER activity_commit AFTER INSERT ON activity DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION narplan_activity_commit()"
    ),
    "CREATE TRIGGER activity_chain BEFORE UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION narplan_activity_chain()",
    (
        "CREATE TRIGGER activity_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON activity"
        " FOR EACH STATEMENT EXECUTE FUNCTION narplan_activity_refuse()"
    ),
    (
        "CREATE TRIGGER activity_detail_guard BEFORE INSERT OR UPDATE ON activity_detail"
        " FOR EACH ROW EXECUTE FUNCTION narplan_activity_detail_guard()"
    ),
    (
        "CREATE TRIGGER activity_detail_refuse BEFORE DELETE OR TRUNCATE ON activity_detail"
        " FOR EACH STATEMENT EXECUTE FUNCTION narplan_activity_refuse()"
    ),
)
