//! The rules that no schema knows.

use super::{Lines, Problem, What, add};
use crate::profile::document::{Document, FORMAT, Vital, may_have_period};

/// Longer than anybody lives.
const LONGEST_MONTHS: u32 = 1800;

pub(super) fn check(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    if document.format != FORMAT {
        add(problems, lines, "format", What::UnknownFormat { format: document.format });
    }
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_id = |id: &str| id.starts_with(small) && id.chars().all(|c| small(c) || c == '-');
    for (key, id) in [("id", Some(&document.id)), ("based_on", document.based_on.as_ref())] {
        if id.is_some_and(|id| !is_id(id)) {
            add(problems, lines, key, What::BadId);
        }
    }
    if document.version == 0 {
        add(problems, lines, "version", What::NoVersion);
    }
    blanks(document, lines, problems);
    periods(document, lines, problems);
    vital(document, lines, problems);
}

fn blanks(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    let mut check = |key: &'static str, path: &str, text: Option<&str>| {
        let is_seen = |c: char| !c.is_whitespace() && !is_hidden(c);
        if text.is_some_and(|text| !text.contains(is_seen)) {
            add(problems, lines, path, What::Blank { key });
        }
        // Some of these texts are printed on a terminal, and a code with such a character never matches.
        if text.is_some_and(|text| text.contains(is_hidden)) {
            add(problems, lines, path, What::ControlCharacter { key });
        }
    };
    check("name", "name", Some(&document.name));
    check("contact", "contact", document.contact.as_deref());
    let university = document.university.as_ref();
    check("university.id", "university.id", university.map(|u| u.id.as_str()));
    check("university.name", "university.name", university.map(|u| u.name.as_str()));
    for (section, rule) in &document.sections {
        check("message", &format!("sections.{}.message", section.key()), rule.message.as_deref());
    }
    for (i, code) in document.exclude.departments.iter().enumerate() {
        check("exclude.departments", &format!("exclude.departments.{i}"), Some(code));
    }
    for (list, codes) in [("exclude.drugs", &document.exclude.drugs), ("exclude.tests", &document.exclude.tests)] {
        for (i, code) in codes.iter().enumerate() {
            check("code", &format!("{list}.{i}.code"), Some(&code.code));
            check("system", &format!("{list}.{i}.system"), code.system.as_deref());
        }
    }
    for (i, acknowledged) in document.acknowledged.iter().enumerate() {
        check("acknowledged.reason", &format!("acknowledged.{i}.reason"), Some(&acknowledged.reason));
        check("acknowledged.approved_by", &format!("acknowledged.{i}.approved_by"), Some(&acknowledged.approved_by));
    }
}

/// Control characters, and those that nobody sees or that turn the text around them.
fn is_hidden(c: char) -> bool {
    let invisible = matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}');
    c.is_control() || invisible || matches!(c, '\u{FEFF}' | '\u{3164}')
}

fn periods(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    for (section, rule) in &document.sections {
        let Some(period) = rule.period else { continue };
        let path = format!("sections.{}.period", section.key());
        if !may_have_period(*section) {
            add(problems, lines, &path, What::NoPeriodHere { section: *section });
        } else if !(1..=LONGEST_MONTHS).contains(&period.months) {
            add(problems, lines, &path, What::BadPeriod { section: *section });
        }
    }
}

/// Hiding what a doctor relies on takes somebody who answers for it.
fn vital(document: &Document, lines: &Lines, problems: &mut Vec<Problem>) {
    for item in Vital::ALL {
        let is_shown = document.sections.get(&item.section()).is_some_and(|rule| rule.show);
        let acknowledged = document.acknowledged.iter().filter(|a| a.item == item).count();
        if !is_shown && acknowledged == 0 {
            let path = format!("sections.{}.show", item.section().key());
            add(problems, lines, &path, What::NotAcknowledged { item });
        }
        if acknowledged > 1 {
            add(problems, lines, "acknowledged", What::Repeats { item });
        }
    }
}
