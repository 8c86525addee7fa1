//! PID: whose message this is.

use crate::diagnostic::Code;
use crate::message::{Message, Segment};
use crate::types::{PersonName, Text, Timestamp, fold_id, is_same_id};
use std::sync::Arc;

/// How PID-3 compares with the folder's id (clinical rule 2), the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdCheck {
    /// A repetition equals the folder's id.
    Same,
    /// Equal but for leading zeros.
    LeadingZeros,
    /// No PID, or none with an id.
    Missing,
    /// Another id: another person's data.
    Differs,
}

/// The patient as a message names him.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatientStamp {
    /// PID-5.
    pub name: Arc<PersonName>,
    /// PID-7.
    pub birth_date: Option<Timestamp>,
    /// PID-8, trimmed.
    pub sex: Option<Text>,
}

/// Compares every PID of the message with the folder's id; the worst counts.
pub fn check_id(message: &Message<'_>, folder_id: &str) -> IdCheck {
    let wanted = fold_id(folder_id);
    let mut worst = IdCheck::Same;
    let mut any = false;
    for pid in message.all("PID") {
        any = true;
        let check = compare(&pid.ids_of(3), &wanted);
        match check {
            IdCheck::LeadingZeros => pid.note(Code::PatientIdLeadingZeros, 3),
            IdCheck::Differs => pid.note(Code::PatientIdDiffers, 3),
            IdCheck::Missing => pid.note(Code::PatientIdMissing, 3),
            IdCheck::Same => {}
        }
        worst = worst.max(check);
    }
    if !any {
        message.note_at(Code::PatientIdMissing, 0, 0);
        return IdCheck::Missing;
    }
    worst
}

fn compare(ids: &[Text], wanted: &str) -> IdCheck {
    if ids.iter().any(|id| fold_id(id) == wanted) {
        return IdCheck::Same;
    }
    match ids.iter().any(|id| is_same_id(id, wanted)) {
        true => IdCheck::LeadingZeros,
        false if ids.iter().all(|id| fold_id(id).is_empty()) => IdCheck::Missing,
        false => IdCheck::Differs,
    }
}

/// Reads name, birth date and sex.
pub fn stamp(message: &Message<'_>) -> PatientStamp {
    let Some(pid) = message.first("PID") else {
        return PatientStamp::default();
    };
    pid.skip(&[1]);
    PatientStamp { name: pid.xpn(5), birth_date: birth_date(&pid), sex: pid.id_of(8) }
}

/// PID-7, or PID-9 where a sender shifted it by two fields.
fn birth_date(pid: &Segment<'_>) -> Option<Timestamp> {
    if pid.has(7) {
        return pid.ts(7);
    }
    let raw = pid.raw(9);
    (raw.len() == 8 && raw.bytes().all(|b| b.is_ascii_digit())).then(|| {
        pid.note(Code::BirthDateShifted, 9);
        pid.ts(9)
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_agree_by_the_clinical_rule() {
        let check = |ids: &[&str], want: &str| compare(&ids.iter().map(|s| Text::from(*s)).collect::<Vec<_>>(), want);
        assert_eq!(check(&["99", "123"], "123"), IdCheck::Same);
        assert_eq!(check(&["１２３"], "123"), IdCheck::Same);
        assert_eq!(check(&["00123"], "123"), IdCheck::LeadingZeros);
        assert_eq!(check(&["123"], "0000123"), IdCheck::LeadingZeros);
        assert_eq!(check(&["1234"], "123"), IdCheck::Differs);
        assert_eq!(check(&["0000"], "000"), IdCheck::Differs);
        assert_eq!(check(&[], "123"), IdCheck::Missing);
        assert_eq!(check(&[""], "123"), IdCheck::Missing);
    }
}
