//! `withdraw`: nothing more for a patient, or for one enrolment, and nothing left.

use super::args::Withdraw;
use super::enrol;
use super::place::Place;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::issuer as words;
use mykarte::ssmix2::types::fold_id;
use mykarte::vault::package::EnrolmentId;
use mykarte_issuer::error::IssuerError;
use mykarte_issuer::withdraw::{Proof, unknown, withdraw, withdraw_one, withdraw_unknown};

/// What is to be withdrawn.
enum Which {
    /// All that this patient (folded id) ever had.
    All(String),
    /// One enrolment of this patient.
    One(String, EnrolmentId),
    /// What only the publisher knows.
    Unknown(Vec<EnrolmentId>),
}

/// Asks, withdraws, and says of every place whether it is empty.
pub fn run(place: &Place, args: &Withdraw, out: &mut Out) -> Result<(), Failure> {
    let which = which(args, place, out)?;
    if let Which::Unknown(ids) = &which
        && ids.is_empty()
    {
        return out.line(words::nothing_unknown(out.language));
    }
    match confirm::ask(args.yes, words::withdraw_question(out.language), out)? {
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
    if proof.is_complete() {
        out.line(words::all_gone(out.language))
    } else {
        Err(Failure::Refused(words::something_left(out.language).to_owned()))
    }
}

/// What was asked for, said in front of the question.
fn which(args: &Withdraw, place: &Place, out: &mut Out) -> Result<Which, Failure> {
    let Some(typed) = &args.patient else {
        let ids = unknown(place.state.as_ref(), &place.link).map_err(|error| refused(&error, out))?;
        ids.iter().try_for_each(|id| out.line(words::withdrawn_enrolment(&id.to_string(), out.language)))?;
        return Ok(Which::Unknown(ids));
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
