//! The tables of format 1, and every statement on them.

use mykarte_vault::ChainId;
use postgres::Client;

use super::connect::failure;
use crate::{Make, StateError};

const FORMAT: i32 = 1;

/// Bytes decide the order of ids, as in SQLite. `audit` only grows: its trigger keeps a slip away, and the chain shows
/// what is done around it. The one row of `chain` is what every transaction locks.
const TABLES: &str = r#"
    CREATE TABLE documents(
        kind text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL CHECK(length(id) BETWEEN 1 AND 128),
        body bytea NOT NULL,
        PRIMARY KEY(kind, id));
    CREATE TABLE audit(number bigint PRIMARY KEY, record bytea NOT NULL, place bytea NOT NULL);
    CREATE TABLE chain(id bytea NOT NULL, mykarte_state_format integer NOT NULL);
    CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'audit records neither change nor go'; END $$;
    CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
"#;

/// Among programs that open an empty database at once, one makes the tables. The number is of no meaning, only the same.
const BEGIN_AND_MAKE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(6014117205071)";

pub(super) const BEGIN_AND_LOCK: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT FROM chain FOR UPDATE";

pub(super) const LOAD: &str = "
    SELECT documents.body
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted(kind, id, place)
    LEFT JOIN documents ON documents.kind = wanted.kind AND documents.id = wanted.id
    ORDER BY wanted.place";

pub(super) const WRITE: &str = "
    WITH put AS (
        INSERT INTO documents SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[])
        ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body),
    gone AS (
        DELETE FROM documents USING unnest($4::text[], $5::text[]) AS gone(kind, id)
        WHERE documents.kind = gone.kind AND documents.id = gone.id)
    INSERT INTO audit SELECT * FROM unnest($6::bigint[], $7::bytea[], $8::bytea[])";

pub(super) const LIST: &str = "SELECT id, body FROM documents WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3";

pub(super) const REACHED: &str = "SELECT number, place FROM audit ORDER BY number DESC LIMIT 1";

pub(super) const RECORDS: &str = "SELECT number, place, record FROM audit WHERE number >= $1 ORDER BY number LIMIT $2";

/// The tables of this schema, and how many of the two columns of `chain` there are.
const LOOK: &str = "
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')),
        (SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema()
            AND table_name = 'chain' AND column_name IN ('id', 'mykarte_state_format'))";

/// The name of the chain; makes the tables in an empty database where they may be made.
pub(super) fn find_or_make(client: &mut Client, may: Make) -> Result<ChainId, StateError> {
    let fail = |error| failure(&error);
    client.batch_execute(BEGIN_AND_MAKE).map_err(fail)?;
    let found = client.query_one(LOOK, &[]).map_err(fail)?;
    match (found.get(0), found.get(1)) {
        (0_i64, _) if may == Make::Never => return Err(StateError::Absent),
        (0_i64, _) => make(client)?,
        (_, 2_i64) => {}
        _ => return Err(StateError::Foreign),
    }
    let row = client.query_one("SELECT id, mykarte_state_format FROM chain", &[]).map_err(fail)?;
    let format: i32 = row.try_get(1).map_err(fail)?;
    if format > FORMAT {
        return Err(StateError::NewerFormat { format: format.unsigned_abs() });
    }
    let id: &[u8] = row.try_get(0).map_err(fail)?;
    let chain = id.try_into().map(ChainId::from_bytes).map_err(|_| StateError::Foreign)?;
    client.batch_execute("COMMIT").map_err(fail)?;
    Ok(chain)
}

fn make(client: &mut Client) -> Result<(), StateError> {
    let fail = |error| failure(&error);
    let chain = ChainId::make()
        .map_err(|_| StateError::Unavailable { detail: "this system gives no random numbers".into() })?;
    client.batch_execute(TABLES).map_err(fail)?;
    let id = &chain.as_bytes()[..];
    client.execute("INSERT INTO chain VALUES ($1, $2)", &[&id, &FORMAT]).map_err(fail)?;
    Ok(())
}
