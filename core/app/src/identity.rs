//! Whether two summaries can be of one person, and whether a record agrees with itself about whose it is.

use mykarte_record::fold::fold;
use mykarte_record::summary::Hospital;
use mykarte_record::{Record, Summary};
use ssmix2::types::Timestamp;

/// What differs between two summaries of the same ids, all of it: then it may be another person's. Only what both state.
pub(crate) fn differences(old: &Summary, new: &Summary) -> Vec<&'static str> {
    let name = |hospital: &Hospital| hospital.name.as_deref().map(fold);
    let all = [
        ("birth_date", are_other_days(old.birth_date, new.birth_date)),
        ("sex", differ(&old.sex, &new.sex)),
        ("name_kana", differ(&old.name_kana, &new.name_kana)),
        // The id may be a placeholder that many senders write (`SEND` in MSH-4).
        ("hospital", differ(&name(&old.hospital), &name(&new.hospital))),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

/// Whether the summary of a record names another person than its own basics.
pub(crate) fn contradicts_itself(record: &Record) -> bool {
    let Some(basics) = record.basics.first().map(|entry| &entry.body) else { return false };
    let (said, name) = (&record.summary, &basics.name);
    let text = |text: Option<&ssmix2::types::Text>| text.map(ToString::to_string);
    differ(&said.name, &text(name.kanji.as_ref().or(name.kana.as_ref())))
        || differ(&said.name_kana, &text(name.kana.as_ref()))
        || differ(&said.sex, &text(basics.sex.as_ref()))
        || differ(&said.birth_date, &basics.birth_date)
}

fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

/// A month that became a day within it is the same birth date.
fn are_other_days(a: Option<Timestamp>, b: Option<Timestamp>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.end().date() < b.date() || b.end().date() < a.date())
}

#[cfg(test)]
mod tests {
    use super::are_other_days;

    #[test]
    fn a_birth_date_that_became_exact_is_the_same() {
        let differ = |a: &str, b: &str| are_other_days(a.parse().ok(), b.parse().ok());
        assert!(!differ("1957-03", "1957-03-31") && !differ("1957-03-31", "1957"));
        assert!(!differ("1957-03-15T08:30", "1957-03-15") && !differ("", "1957"));
        assert!(differ("1957-03", "1957-04-01") && differ("1957-03-15", "1957-03-16") && differ("1958", "1957-12-31"));
    }
}
