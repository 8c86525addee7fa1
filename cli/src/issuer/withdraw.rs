//! `withdraw`: nothing more for a patient, and nothing left.

use super::args::Withdraw;
use super::enrol;
use super::place::Place;
use crate::confirm::{self, Answer};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::issuer as words;
use mykarte::ssmix2::types::fold_id;
use mykarte_issuer::withdraw::withdraw;

/// Asks, withdraws, and says of every place whether it is empty.
pub fn run(place: &Place, args: &Withdraw, out: &mut Out) -> Result<(), Failure> {
    let found = enrol::patient(place, &args.patient, out)?;
    out.line(words::to_be_withdrawn(&args.patient, found.enrolments.len(), out.language))?;
    match confirm::ask(args.yes, words::withdraw_question(out.language), out)? {
        Answer::Yes => {}
        Answer::No => return Err(Failure::Refused(words::not_withdrawn(out.language).to_owned())),
        Answer::Nobody => return Err(Failure::Refused(words::nobody_withdraws(out.language).to_owned())),
    }
    let patient = fold_id(&args.patient);
    let proof = withdraw(place.state.as_ref(), &place.link, &patient, &args.staff);
    let proof = proof.map_err(|error| Failure::Refused(words::withdrawing(&error, out.language)))?;
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
    out.finish()?;
    if proof.is_complete() {
        out.line(words::all_gone(out.language))
    } else {
        Err(Failure::Refused(words::something_left(out.language).to_owned()))
    }
}
