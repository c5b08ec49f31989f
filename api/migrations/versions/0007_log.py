"""A chained log, who saw and asked what, and how long it is kept."""

from alembic import op

revision = "0007"
down_revision = "0006"

FUNCTIONS = (
    """
    CREATE FUNCTION narplan_canonical(VARIADIC fields text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
        SELECT string_agg(
            COALESCE(convert_to(octet_length(convert_to(f, 'UTF8')) || ':' || f || ',', 'UTF8'), '-'::bytea),
            ''::bytea ORDER BY place
        ) FROM unnest(fields) WITH ORDINALITY AS each(f, place)
    $$
    """,
    """
    CREATE FUNCTION narplan_activity_hash(activity) RETURNS bytea LANGUAGE sql STABLE AS $$
        SELECT sha256(narplan_canonical(
            'narplan-activity-1', $1.sequence::text, encode($1.previous_hash, 'hex'), $1.id::text,
            to_char($1.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), $1.actor_kind::text,
            $1.person_id::text, $1.key_id::text, $1.organisation_id::text, $1.subject_type, $1.subject_id::text,
            $1.action, encode($1.detail_hash, 'hex')
        ))
    $$
    """,
    """
    CREATE FUNCTION narplan_activity_begin() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        NEW.sequence := NULL; NEW.previous_hash := NULL; NEW.hash := NULL; NEW.detail_hash := NULL;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION narplan_activity_commit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        role text := COALESCE(current_setting('narplan.role', true), '');
    BEGIN
        PERFORM set_config('narplan.role', 'system', true);
        UPDATE activity SET sequence = 0 WHERE id = NEW.id AND sequence IS NULL;
        PERFORM set_config('narplan.role', role, true);
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION narplan_activity_chain() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
            NEW.detail_hash := sha256(narplan_canonical('narplan-activity-detail-1', detail.salt, detail.before, detail.after));
        END IF;
        NEW.hash := narplan_activity_hash(NEW);
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION narplan_activity_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF TG_OP <> 'UPDATE' OR pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION narplan_activity_detail_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
TRIGGERS = (
    "CREATE TRIGGER activity_begin BEFORE INSERT ON activity FOR EACH ROW EXECUTE FUNCTION narplan_activity_begin()",
    "CREATE CONSTRAINT TRIGGER activity_commit AFTER INSERT ON activity DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION narplan_activity_commit()",
    "CREATE TRIGGER activity_chain BEFORE UPDATE ON activity FOR EACH ROW EXECUTE FUNCTION narplan_activity_chain()",
    "CREATE TRIGGER activity_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON activity FOR EACH STATEMENT EXECUTE FUNCTION narplan_activity_refuse()",
    "CREATE TRIGGER activity_detail_guard BEFORE INSERT OR UPDATE ON activity_detail FOR EACH ROW EXECUTE FUNCTION narplan_activity_detail_guard()",
    "CREATE TRIGGER activity_detail_refuse BEFORE DELETE OR TRUNCATE ON activity_detail FOR EACH STATEMENT EXECUTE FUNCTION narplan_activity_refuse()",
)
CHAINED_TABLES = (
    """
    CREATE TABLE activity_detail (
        activity_id UUID NOT NULL,
        salt BYTEA,
        before JSON,
        after JSON,
        erased_by UUID,
        CONSTRAINT pk_activity_detail PRIMARY KEY (activity_id),
        CONSTRAINT fk_activity_detail_activity_id_activity FOREIGN KEY(activity_id) REFERENCES activity (id),
        CONSTRAINT ck_activity_detail_erased CHECK ((salt IS NULL) = (erased_by IS NOT NULL) AND (erased_by IS NULL OR (before IS NULL AND after IS NULL)))
    )
    """,
    """
    INSERT INTO activity_detail (activity_id, salt, before, after)
        SELECT id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), before::text::json, after::text::json
        FROM activity WHERE before IS NOT NULL OR after IS NOT NULL
    """,
    """
    ALTER TABLE activity
        ADD COLUMN actor_kind VARCHAR(40), ADD COLUMN key_id UUID, ADD COLUMN organisation_id UUID,
        ADD COLUMN sequence BIGINT, ADD COLUMN detail_hash BYTEA, ADD COLUMN previous_hash BYTEA, ADD COLUMN hash BYTEA,
        DROP COLUMN person_name, DROP COLUMN before, DROP COLUMN after
    """,
    "UPDATE activity SET actor_kind = CASE WHEN person_id IS NULL THEN 'system' ELSE 'person' END",
    """
    ALTER TABLE activity
        ALTER COLUMN actor_kind SET NOT NULL,
        ADD CONSTRAINT uq_activity_sequence UNIQUE (sequence),
        ADD CONSTRAINT ck_activity_actor_kind CHECK (actor_kind IN ('person', 'key', 'system')),
        ADD CONSTRAINT ck_activity_chained CHECK ((sequence IS NULL) = (hash IS NULL) AND (sequence IS NULL) = (previous_hash IS NULL)),
        ADD CONSTRAINT ck_activity_actor CHECK (CASE actor_kind WHEN 'person' THEN person_id IS NOT NULL WHEN 'key' THEN key_id IS NOT NULL ELSE person_id IS NULL AND key_id IS NULL END)
    """,
    "CREATE INDEX ix_activity_person_id ON activity (person_id)",
)
CHAIN_EXISTING_ROWS = """
DO $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT id FROM activity ORDER BY at, id LOOP
        UPDATE activity SET sequence = 0 WHERE id = one;
    END LOOP;
END $$
"""
POLICIES = (
    "DROP POLICY activity_insert ON activity",
    "CREATE POLICY activity_insert ON activity FOR INSERT WITH CHECK ((SELECT narplan_is_system()) OR person_id = (SELECT narplan_person()) OR key_id = (SELECT narplan_key()))",
    "CREATE POLICY activity_chain ON activity FOR UPDATE USING ((SELECT narplan_is_system()) AND sequence IS NULL) WITH CHECK ((SELECT narplan_is_system()))",
    "ALTER TABLE activity_detail ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE activity_detail FORCE ROW LEVEL SECURITY",
    "CREATE POLICY activity_detail_read ON activity_detail FOR SELECT USING ((SELECT narplan_sees_all()))",
    "CREATE POLICY activity_detail_insert ON activity_detail FOR INSERT WITH CHECK ((SELECT narplan_role()) IS NOT NULL)",
    "CREATE POLICY activity_detail_erase ON activity_detail FOR UPDATE USING ((SELECT narplan_may_administer())) WITH CHECK ((SELECT narplan_may_administer()))",
)
ACCESSES = (
    """
    CREATE TABLE seen (
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        day DATE NOT NULL,
        person_id UUID,
        key_id UUID,
        organisation_id UUID,
        item_type TEXT NOT NULL,
        item_id UUID NOT NULL,
        CONSTRAINT pk_seen PRIMARY KEY (id),
        CONSTRAINT fk_seen_person_id_person FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT uq_seen_once_a_day UNIQUE NULLS NOT DISTINCT (item_type, item_id, day, person_id, key_id, organisation_id)
    )
    """,
    """
    CREATE TABLE asked (
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_id UUID,
        key_id UUID,
        organisation_id UUID,
        question TEXT NOT NULL,
        conversation_id UUID,
        turn_id UUID,
        CONSTRAINT pk_asked PRIMARY KEY (id),
        CONSTRAINT fk_asked_person_id_person FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    "CREATE INDEX ix_seen_at ON seen (at)",
    "CREATE INDEX ix_seen_person_id ON seen (person_id)",
    "CREATE INDEX ix_asked_at ON asked (at)",
    "CREATE INDEX ix_asked_person_id ON asked (person_id)",
    "ALTER TABLE seen ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE seen FORCE ROW LEVEL SECURITY",
    "CREATE POLICY seen_read ON seen FOR SELECT USING ((SELECT narplan_may_administer()) OR person_id = (SELECT narplan_person()) OR key_id = (SELECT narplan_key()))",
    "CREATE POLICY seen_insert ON seen FOR INSERT WITH CHECK ((SELECT narplan_is_system()) OR person_id = (SELECT narplan_person()) OR key_id = (SELECT narplan_key()))",
    "CREATE POLICY seen_delete ON seen FOR DELETE USING ((SELECT narplan_is_system()))",
    "ALTER TABLE asked ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE asked FORCE ROW LEVEL SECURITY",
    "CREATE POLICY asked_read ON asked FOR SELECT USING ((SELECT narplan_may_administer()) OR person_id = (SELECT narplan_person()) OR key_id = (SELECT narplan_key()))",
    "CREATE POLICY asked_insert ON asked FOR INSERT WITH CHECK ((SELECT narplan_is_system()) OR person_id = (SELECT narplan_person()) OR key_id = (SELECT narplan_key()))",
    "CREATE POLICY asked_delete ON asked FOR DELETE USING ((SELECT narplan_is_system()))",
)
UNCHAIN = (
    "DROP TRIGGER activity_begin ON activity",
    "DROP TRIGGER activity_commit ON activity",
    "DROP TRIGGER activity_chain ON activity",
    "DROP TRIGGER activity_refuse ON activity",
    "DROP POLICY activity_chain ON activity",
    "DROP POLICY activity_insert ON activity",
    "CREATE POLICY activity_insert ON activity FOR INSERT WITH CHECK ((SELECT narplan_may_write()) OR person_id = (SELECT narplan_person()))",
    """
    ALTER TABLE activity
        ADD COLUMN person_name TEXT, ADD COLUMN before JSONB, ADD COLUMN after JSONB
    """,
    """
    UPDATE activity SET person_name = COALESCE((SELECT name FROM person WHERE person.id = person_id), 'Närplan'),
        before = (SELECT before::text::jsonb FROM activity_detail WHERE activity_id = activity.id),
        after = (SELECT after::text::jsonb FROM activity_detail WHERE activity_id = activity.id)
    """,
    "DROP TABLE activity_detail",
    "DROP INDEX ix_activity_person_id",
    "DROP FUNCTION narplan_activity_detail_guard(), narplan_activity_refuse(), narplan_activity_chain(), narplan_activity_commit(), narplan_activity_begin(), narplan_activity_hash(activity), narplan_canonical(text[])",
    """
    ALTER TABLE activity
        ALTER COLUMN person_name SET NOT NULL,
        DROP COLUMN actor_kind, DROP COLUMN key_id, DROP COLUMN organisation_id,
        DROP COLUMN sequence, DROP COLUMN detail_hash, DROP COLUMN previous_hash, DROP COLUMN hash
    """,
)


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _beyond_the_policies(*statements: str) -> None:
    """Run as the owner whom no policy hides a row of the log from: the system itself may not rewrite it."""
    _run(
        "ALTER TABLE activity NO FORCE ROW LEVEL SECURITY", *statements, "ALTER TABLE activity FORCE ROW LEVEL SECURITY"
    )


def upgrade() -> None:
    """Part values from rows, chain the rows that are there in the order of time, and let the database chain the rest."""
    _beyond_the_policies(*CHAINED_TABLES)
    _run(*FUNCTIONS, TRIGGERS[2])
    _beyond_the_policies(CHAIN_EXISTING_ROWS)
    _run(*(trigger for trigger in TRIGGERS if trigger is not TRIGGERS[2]), *POLICIES, *ACCESSES)


def downgrade() -> None:
    """Put the values back in the rows; the chain is gone, and what was erased stays gone."""
    _run("DROP TABLE seen, asked")
    _beyond_the_policies(*UNCHAIN)
