//! `audit`: whether every record of the chain is as it was written, what they say, and the publisher's heads kept among them.

use super::args::{Audit, AuditHeads, AuditShow, AuditVerify};
use super::place::Books;
use crate::failure::Failure;
use crate::files::{self, For};
use crate::out::Out;
use crate::words::{errors, issuer as words};
use data_encoding::BASE64URL_NOPAD;
use mykarte::ssmix2::types::fold_id;
use mykarte_state::StateError;
use mykarte_state::audit::verify;
use mykarte_state::heads::signed_heads;
use mykarte_state::kept::{begin_anew, kept};
use mykarte_state::show::{Wanted, show};

/// Does what was asked.
pub fn run(command: &Audit, out: &mut Out) -> Result<(), Failure> {
    match command {
        Audit::Verify(args) => verify_all(args, out),
        Audit::Show(args) => show_some(args, out),
        Audit::Heads(args) => export(args, out),
    }
}

/// Walks the chain; exit 1 where something is wrong.
fn verify_all(args: &AuditVerify, out: &mut Out) -> Result<(), Failure> {
    let books = Books::open(&args.at, out)?;
    let file = args
        .head
        .as_ref()
        .map(|path| files::read(path).map_err(|kind| Failure::Refused(errors::unreadable(path, kind, out.language))));
    let heads = file.transpose()?.map(|file| signed_heads(&file)).unwrap_or_default();
    let own = books.head_key(out)?.map(|key| key.verifying_key());
    let verdict = verify(books.state.as_ref(), &heads, args.key.or(own).as_ref());
    let verdict = verdict.map_err(|error| Failure::Refused(words::state(&error, out.language)))?;
    out.line(words::verdict(&verdict, out.language))?;
    if let Some(own) = own {
        out.line(words::own_head_key(&BASE64URL_NOPAD.encode(own.as_bytes()), out.language))?;
    }
    out.finish()?;
    if own.is_none() {
        out.warn(&words::no_head_key(&books.key_path, out.language));
    }
    if verdict.is_intact() { Ok(()) } else { Err(Failure::Told(1)) }
}

/// Either a failure of the database, or of the output.
enum Ended {
    State(StateError),
    Out(Failure),
}

impl From<StateError> for Ended {
    fn from(error: StateError) -> Self {
        Ended::State(error)
    }
}

fn show_some(args: &AuditShow, out: &mut Out) -> Result<(), Failure> {
    let books = Books::open(&args.at, out)?;
    let patient = args.patient.as_deref().map(|typed| ("patient", fold_id(typed).to_string()));
    let wanted = Wanted { since: args.since, last: args.last, with: patient };
    let shown = show(books.state.as_ref(), &wanted, |record| {
        let said = match args.json {
            true => out.raw(&record.json_line()),
            false => out.line(words::record(&record, out.language)),
        };
        said.map_err(Ended::Out)
    });
    shown.map_err(|ended| match ended {
        Ended::State(error) => Failure::Refused(words::state(&error, out.language)),
        Ended::Out(failure) => failure,
    })
}

/// Writes what is kept of the publisher's chain, to verify that one with.
fn export(args: &AuditHeads, out: &mut Out) -> Result<(), Failure> {
    let books = Books::open(&args.at, out)?;
    let refused = |error: StateError| Failure::Refused(words::state(&error, out.language));
    let all = kept(books.state.as_ref()).map_err(refused)?;
    let Some(key) = all.key else {
        return Err(Failure::Refused(words::no_kept_heads(out.language).to_owned()));
    };
    files::write_new(&args.out, all.lines.as_bytes(), For::All)
        .map_err(|kind| Failure::Refused(errors::unwritable(&args.out, kind, out.language)))?;
    if args.begin_anew {
        begin_anew(books.state.as_ref()).map_err(refused)?;
    }
    out.line(words::kept_heads(all.heads.len(), &BASE64URL_NOPAD.encode(&key), out.language))?;
    if args.begin_anew {
        out.line(words::begins_anew(out.language))?;
    }
    Ok(())
}
