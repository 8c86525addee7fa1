//! What the university's profile says of a page: what is not provided, and whom to ask.

use super::Open;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::{package, profile as words};
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::{Profile, Shape};
use mykarte::record::{Section, Summary};

/// Sections that are missing although a doctor relies on them. Nothing switches this off.
pub fn warnings(shape: Option<&Shape>, out: &mut Out) -> Result<(), Failure> {
    let warnings = shape.map(|s| s.warnings(out.language)).unwrap_or_default();
    alert(warnings, out)
}

/// What stands above every page: that its signature is not confirmed. `is_vital`: a doctor prescribes from the page, so
/// what is not provided stands there, too.
pub fn warn(open: &Open<'_>, is_vital: bool, out: &mut Out) -> Result<(), Failure> {
    alert(above(open, is_vital, out.language), out)
}

/// The same for programs, whose data stays as it is.
pub fn warn_aside(open: &Open<'_>, is_vital: bool, out: &Out) {
    above(open, is_vital, out.language).iter().for_each(|text| out.warn(text));
}

fn above(open: &Open<'_>, is_vital: bool, language: Language) -> Vec<String> {
    let signed = package::provenance(&open.provenance, language);
    let unconfirmed = signed.filter(|(is_alarm, _)| *is_alarm).map(|(_, text)| text.to_string());
    let missing = if is_vital { of(open, language) } else { Vec::new() };
    unconfirmed.into_iter().chain(missing).collect()
}

/// Where the summary is damaged nobody knows what is missing, and that is said.
fn of(open: &Open<'_>, language: Language) -> Vec<String> {
    match &open.summary {
        Some(summary) => summary.profile.as_ref().map(|s| s.warnings(language)).unwrap_or_default(),
        None => vec![labels::unknown_shape(language).to_string()],
    }
}

fn alert(warnings: Vec<String>, out: &mut Out) -> Result<(), Failure> {
    warnings.into_iter().try_for_each(|text| out.line(Line::new().styled(Style::Alert, text)))
}

/// What a blank on this page does not mean; of a hidden section, what the university says.
pub fn notes(summary: &Summary, section: Section, out: &mut Out) -> Result<(), Failure> {
    notes_of_summary(summary, section, out)?;
    let Some(shape) = summary.profile.as_ref().filter(|_| !summary.hides(section)) else { return Ok(()) };
    let missing = shape.missing_fields(section, out.language);
    let lines = words::not_provided(&missing, out.language).into_iter().enumerate();
    lines
        .map(|(n, text)| (if n == 0 { "  " } else { "    " }, text))
        .try_for_each(|(indent, text)| out.line(Line::from(indent).styled(Style::Warn, text)))
}

/// The same on the summary, which shows few fields of a section anyway: how far the list goes, and that it may be partial.
pub fn notes_of_summary(summary: &Summary, section: Section, out: &mut Out) -> Result<(), Failure> {
    let Some(shape) = &summary.profile else { return Ok(()) };
    if summary.hides(section) {
        let contact = shape.contact.as_ref().map(|c| words::contact(c, out.language));
        let said = [shape.messages.get(&section).cloned(), contact];
        return said.into_iter().flatten().try_for_each(|text| out.line(format!("  {text}")));
    }
    let notices = shape.partial_notices(section, out.language);
    notices.into_iter().try_for_each(|text| out.line(Line::from("  ").styled(Style::Warn, text)))
}

/// Whether the profile hides a field or all of its section.
pub fn is_field_hidden(summary: &Summary, section: Section, key: &str) -> bool {
    let missing = summary.profile.iter().flat_map(|s| &s.not_provided);
    let mut of_section = missing.filter_map(|k| k.strip_prefix(section.key())?.strip_prefix('.'));
    summary.hides(section) || of_section.any(|k| k == key)
}

/// The profile, where there is something to say of it: the one that shows everything is no news.
pub fn worth_telling(summary: &Summary) -> Option<&Shape> {
    summary.profile.as_ref().filter(|shape| shape.sha256 != Profile::full().sha256())
}

/// What a search cannot have found: sections that are not there at all.
pub fn unsearched(summary: Option<&Summary>, language: Language) -> String {
    let hidden = Section::ALL.into_iter().filter(|section| summary.is_some_and(|s| s.hides(*section)));
    let names: Vec<&str> = hidden.map(|section| labels::section(section, language)).collect();
    match (names.is_empty(), language) {
        (true, _) => String::new(),
        (false, Language::Ja) => format!("この病院が提供していない区分があります: {}。", names.join("、")),
        (false, Language::En) => format!(" Not provided by this hospital: {}.", names.join(", ")),
    }
}
