//! `withdraw`: nothing more for a patient, or for one enrolment, and nothing left.

use super::args::Withdraw;
use super::enrol;
use super::place::Place;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::issuer as words;
use mykarte::record::labels::Language;
use mykarte::ssmix2::types::fold_id;
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::error::IssuerError;
use mykarte_issuer::unknown::{Found, find, withdraw_unknown};
use mykarte_issuer::withdraw::{Proof, withdraw, withdraw_one};
use std::collections::BTreeSet;

/// What is to be withdrawn.
enum Which {
    /// All that this patient (folded id) ever had.
    All(String),
    /// One enrolment of this patient.
    One(String, EnrolmentId),
    /// What only the publisher knows.
    Unknown(BTreeSet<EnrolmentId>),
}

impl Which {
    /// The question names how many where nobody can look them up.
    fn question(&self, language: Language) -> String {
        match self {
            Which::Unknown(ids) => words::unknown_question(ids.len(), language),
            Which::All(_) | Which::One(..) => words::withdraw_question(language).to_owned(),
        }
    }
}

/// Asks, withdraws, and says of every place whether it is empty.
pub fn run(place: &Place, args: &Withdraw, out: &mut Out) -> Result<(), Failure> {
    let which = which(args, place, out)?;
    if let Which::Unknown(ids) = &which
        && ids.is_empty()
    {
        return out.line(words::nothing_unknown(out.language));
    }
    match confirm::ask(args.yes, &which.question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::not_withdrawn(out.language).to_owned())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_withdraws(out.language).to_owned())),
    }
    let (state, link) = (place.state.as_ref(), &place.link);
    let proof = match &which {
        Which::All(patient) => withdraw(state, link, patient, &args.staff),
        Which::One(patient, id) => withdraw_one(state, link, patient, *id, &args.staff),
        Which::Unknown(ids) => withdraw_unknown(state, link, ids, &args.staff),
    };
    let proof = proof.map_err(|error| refused(&error, out))?;
    tell(&proof, out)?;
    match (proof.enrolments.is_empty(), proof.is_complete()) {
        (true, _) => out.line(words::nothing_ended(proof.tickets, out.language)),
        (false, true) => out.line(words::all_gone(out.language)),
        (false, false) => Err(Failure::Refused(words::something_left(out.language).to_owned())),
    }
}

/// What was asked for, said in front of the question.
fn which(args: &Withdraw, place: &Place, out: &mut Out) -> Result<Which, Failure> {
    let Some(typed) = &args.patient else {
        return unknown(args.count, place, out);
    };
    let (found, patient) = (enrol::patient(place, typed, out)?, fold_id(typed).to_string());
    let Some(number) = &args.enrolment else {
        out.line(words::to_be_withdrawn(typed, found.enrolments.len(), out.language))?;
        return Ok(Which::All(patient));
    };
    let number = number.trim().to_ascii_lowercase();
    let fits = found.enrolments.iter().filter(|id| id.starts_with(&number)).filter_map(|id| EnrolmentId::parse(id));
    match fits.collect::<Vec<_>>()[..] {
        [id] if number.len() >= 8 => {
            out.line(words::one_to_be_withdrawn(typed, &id.to_string(), out.language))?;
            Ok(Which::One(patient, id))
        }
        _ => Err(Failure::Refused(words::which_enrolment(out.language).to_owned())),
    }
}

/// Those of this hospital that are not known here. Where nobody is known at all this is most likely another database than
/// was meant: then the count has to be said, too.
fn unknown(count: Option<usize>, place: &Place, out: &mut Out) -> Result<Which, Failure> {
    let found = find(place.state.as_ref(), &place.link, place.list.listing().hospital);
    let Found { own, others, knows_somebody } = found.map_err(|error| refused(&error, out))?;
    own.iter().try_for_each(|id| out.line(words::withdrawn_enrolment(&id.to_string(), out.language)))?;
    if !own.is_empty() {
        out.line(words::unknown_to_be_ended(own.len(), out.language))?;
    }
    if others > 0 {
        out.line(words::other_hospitals(others, out.language))?;
    }
    match count {
        Some(count) if count != own.len() => {
            Err(Failure::Refused(words::another_count(count, own.len(), out.language)))
        }
        None if !knows_somebody && !own.is_empty() => {
            Err(Failure::Refused(words::knows_nobody(own.len(), out.language)))
        }
        _ => Ok(Which::Unknown(own)),
    }
}

fn refused(error: &IssuerError, out: &Out) -> Failure {
    Failure::Refused(words::withdrawing(error, out.language))
}

fn tell(proof: &Proof, out: &mut Out) -> Result<(), Failure> {
    for (enrolment, withdrawn) in &proof.enrolments {
        out.line(words::withdrawn_enrolment(&enrolment.to_string(), out.language))?;
        let state = ("publisher", withdrawn.state_gone);
        let copies = withdrawn.copies.iter().map(|copy| (copy.name.as_str(), copy.gone));
        for (name, gone) in std::iter::once(state).chain(copies) {
            let style = if gone { Style::Plain } else { Style::Alert };
            let said = words::is_gone(gone, out.language);
            out.line(Line::from(format!("  {name}: ")).styled(style, said))?;
        }
    }
    out.finish()
}
