//! The verdict on one screen: whether the promise holds, the ten worst, what to do first.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style, safe};
use crate::words::drill as words;
use mykarte::record::labels::Language;
use mykarte::ssmix2::Severity;
use mykarte_drill::report::Finding;
use mykarte_drill::{Report, Verdict};

/// Findings on the screen.
const WORST: usize = 10;

/// Prints it.
pub fn print(report: &Report, out: &mut Out) -> Result<(), Failure> {
    let has_baseline = report.baseline.is_some();
    let style = match report.verdict() {
        Verdict::Holds => Style::Bold,
        Verdict::NoWorse => Style::Warn,
        Verdict::Fails => Style::Alert,
    };
    out.line(Line::new().styled(style, words::verdict(report, out.language)))?;
    out.line(words::scope(report, out.language))?;
    out.line(words::counts(report, has_baseline, out.language))?;
    let told: Vec<&Finding> = report.findings.iter().filter(|finding| is_told(finding, has_baseline)).collect();
    if !told.is_empty() {
        out.blank()?;
        out.line(Line::new().bold(words::first(out.language)))?;
    }
    for finding in told.iter().take(WORST) {
        one(finding, out)?;
    }
    if told.len() > WORST {
        out.line(words::more(told.len() - WORST, out.language))?;
    }
    if let Some(reissue) = &report.reissue {
        out.blank()?;
        return reissue.sections.iter().try_for_each(|of| out.line(words::section(of, out.language)));
    }
    let never = report.fields.iter().filter(|field| field.present == 0).count();
    out.blank()?;
    out.line(words::fields(report.fields.len(), never, out.language))
}

/// Notes are for the JSON and the page.
fn is_told(finding: &Finding, has_baseline: bool) -> bool {
    let is_whole = finding.patients == 0 && finding.severity != Severity::Error;
    finding.severity > Severity::Info && !is_whole && (!has_baseline || finding.new > 0)
}

fn one(finding: &Finding, out: &mut Out) -> Result<(), Failure> {
    let style = if finding.severity == Severity::Error { Style::Alert } else { Style::Warn };
    let head = Line::from(" ").styled(style, words::severity(finding.severity, out.language)).plain(" ");
    out.line(head.plain(words::finding(finding, out.language)))?;
    if out.language == Language::Ja {
        out.line(Line::new().plain(format!("    → {}", finding.advice)))?;
    }
    if let Some(example) = finding.examples.first() {
        let text = example.text.as_deref().map(|text| format!("「{}」", safe(text))).unwrap_or_default();
        // A path begins with the patient's folder.
        let whose = if example.path.is_empty() { &example.patient } else { &example.path };
        let parts = [safe(whose), safe(&example.place), text];
        let place: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        out.line(Line::new().styled(Style::Dim, format!("    {}", place.join(" "))))?;
    }
    Ok(())
}
