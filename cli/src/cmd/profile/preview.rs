//! `profile preview`: what one patient would see, and what is kept back by which rule. Opens no vault, writes nothing.

use super::entries::{self, Listed};
use super::source;
use crate::args::Preview;
use crate::cmd::import::Bar;
use crate::cmd::show::provided;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::errors::{self, Asked};
use crate::words::profile as words;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Withholding;
use mykarte::record::report::{Kept, KeptOut};
use mykarte::record::{Nothing, Record, Section};
use mykarte::{ImportRequest, Imported, Shaping, Watch, read_record};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// So many entries of one rule are named on the overview.
const MOST: usize = 20;

/// Reads the patient's files twice, with all fields and with the profile.
pub fn run(args: &Preview, out: &mut Out) -> Result<(), Failure> {
    let mut shaping = source::shaping(Some(&args.profile), args.withhold.as_deref(), out)?;
    if shaping.profile.document().withholding && shaping.withholding.is_none() {
        // Whoever looks for the ids of the list has none yet.
        shaping.withholding = Some(Withholding::default());
    }
    let full = read(args, Shaping::default(), out)?.record;
    let all = entries::all(&full);
    unknown_ids(args, &shaping, &all, out);
    let shaped = read(args, shaping, out)?;
    let by_id = all.iter().map(|e| ((e.section, e.id.as_str()), e)).collect();
    let view = View { all: &all, by_id, kept: &shaped.report.kept_out, record: &shaped.record };
    match args.section {
        Some(section) => view.listing(section, out)?,
        None => view.overview(out)?,
    }
    view.residue(out)
}

fn read(args: &Preview, shaping: Shaping, out: &Out) -> Result<Imported, Failure> {
    let bar = Bar::new(out.language);
    let progress = |step| bar.step(step);
    let request = ImportRequest {
        storages: args.storages.clone(),
        patient_id: args.patient.clone(),
        hospital: args.hospital.clone(),
        accept_other_patient: false,
        threads: 0,
        imported_at: mykarte::now(),
        shaping,
    };
    // Nothing is written that would have to be finished: Ctrl-C may simply end the program.
    let watch = Watch { progress: &progress, cancel: &AtomicBool::new(false) };
    let asked = Asked { storages: &args.storages, patient: &args.patient, vault: Path::new("") };
    read_record(&request, &watch).map_err(|error| Failure::Refused(errors::import(&error, &asked, out.language)))
}

/// Which entries of the withholding list are not there; that they are not is the error that follows.
fn unknown_ids(args: &Preview, shaping: &Shaping, all: &[Listed], out: &Out) {
    let listed = shaping.withholding.iter().flat_map(|list| list.entries(&args.patient));
    let is_known = |section: Section, id: &str| all.iter().any(|e| e.section == section && e.id == id);
    for entry in listed.filter(|entry| !is_known(entry.section, entry.id.trim())) {
        out.warn(&words::not_in_record(entry.section.key(), entry.id.trim(), out.language));
    }
}

struct View<'a> {
    /// Every entry of the full record.
    all: &'a [Listed],
    by_id: HashMap<(Section, &'a str), &'a Listed>,
    /// What is kept back.
    kept: &'a KeptOut,
    /// What the patient sees.
    record: &'a Record,
}

impl View<'_> {
    fn overview(&self, out: &mut Out) -> Result<(), Failure> {
        let shape = self.record.summary.profile.as_ref();
        provided::warnings(shape, out)?;
        let name = shape.map(|s| words::shape(s, out.language)).unwrap_or_default();
        let seen = entries::all(self.record).len();
        out.line(Line::new().bold(name).plain("  ").plain(match out.language {
            Language::Ja => format!("病院の記録 {}件のうち、患者に見えるもの {seen}件", self.all.len()),
            Language::En => format!("of {} entries the patient sees {seen}", self.all.len()),
        }))?;
        for section in Section::ALL {
            out.blank()?;
            self.section(section, out)?;
        }
        Ok(())
    }

    fn is_hidden(&self, section: Section) -> bool {
        self.record.summary.sections.get(&section).is_some_and(|state| state.hidden)
    }

    fn section(&self, section: Section, out: &mut Out) -> Result<(), Failure> {
        self.heading(section, out)?;
        let state = self.record.summary.sections.get(&section).copied().unwrap_or_default();
        for nothing in state.nothing() {
            let style = if matches!(nothing, Nothing::Unreadable { .. }) { Style::Alert } else { Style::Plain };
            out.line(Line::from("  ").styled(style, labels::nothing(nothing, section, out.language)))?;
        }
        provided::notes(&self.record.summary, section, out)?;
        for kept in self.kept.entries.iter().filter(|k| k.section == section) {
            let rule = words::rule(kept.rule, out.language);
            let count = match out.language {
                Language::Ja => format!("  × {rule}  {}件", kept.count),
                Language::En => format!("  × {rule}  {}", kept.count),
            };
            out.line(Line::new().styled(Style::Warn, count))?;
            let rows: Vec<Row> = kept.ids.iter().take(MOST).map(|id| self.named(section, id)).collect();
            table::print(out, &rows, 0)?;
            if kept.ids.len() > MOST {
                let rest = words::more_entries(kept.ids.len() - MOST, section.key(), out.language);
                out.line(format!("     {rest}"))?;
            }
        }
        Ok(())
    }

    /// An entry by its id; the id alone where even the full record has put it aside, as an order that was answered.
    fn named(&self, section: Section, id: &str) -> Row {
        let indent = Line::from("   ");
        match self.by_id.get(&(section, id)) {
            Some(entry) => row(entry, indent, Line::new()),
            None => Row { cells: vec![indent, Line::from(id)], ..Row::default() },
        }
    }

    /// Name, shown or not, how many of how many.
    fn heading(&self, section: Section, out: &mut Out) -> Result<(), Failure> {
        let all = self.all.iter().filter(|e| e.section == section).count();
        let seen = self.record.summary.sections.get(&section).map_or(0, |s| s.entries) as usize;
        let shown = !self.is_hidden(section);
        let numbers = match (shown, seen == all, out.language) {
            (true, true, Language::Ja) => format!("{seen}件"),
            (true, false, Language::Ja) => format!("{seen}件（全{all}件）"),
            (false, _, Language::Ja) => format!("出さない（全{all}件）"),
            (true, true, Language::En) => seen.to_string(),
            (true, false, Language::En) => format!("{seen} of {all}"),
            (false, _, Language::En) => format!("hidden (of {all})"),
        };
        let title = format!("■ {}", labels::section(section, out.language));
        let style = if shown { Style::Plain } else { Style::Warn };
        out.line(Line::new().bold(title).plain("  ").styled(style, words::mark(shown)).plain("  ").plain(numbers))
    }

    /// Every entry of one section with its id, for whoever writes a withholding list.
    fn listing(&self, section: Section, out: &mut Out) -> Result<(), Failure> {
        self.heading(section, out)?;
        let shown = entries::all(self.record);
        let seen: HashSet<&str> = shown.iter().filter(|e| e.section == section).map(|e| e.id.as_str()).collect();
        let kept: Vec<&Kept> = self.kept.entries.iter().filter(|k| k.section == section).collect();
        let rules = kept.iter().flat_map(|k| k.ids.iter().map(|id| (id.as_str(), words::rule(k.rule, out.language))));
        let rules: HashMap<&str, &str> = rules.collect();
        let broad = broad(&kept, out.language);
        let one = |entry: &Listed| {
            let shown = seen.contains(entry.id.as_str());
            let why = if shown { "" } else { rules.get(entry.id.as_str()).copied().unwrap_or(&broad) };
            let style = if shown { Style::Plain } else { Style::Warn };
            row(entry, Line::new().styled(style, words::mark(shown)), Line::new().styled(Style::Warn, why))
        };
        // An order comes to light where what answered it is kept out.
        let new = shown.iter().filter(|e| e.section == section && !self.by_id.contains_key(&(section, e.id.as_str())));
        let rows: Vec<Row> = self.all.iter().filter(|e| e.section == section).chain(new).map(one).collect();
        table::print(out, &rows, 0)?;
        out.finish()?;
        out.hint(out.pick(
            "非開示リストには、この id と題名（title）をそのまま書きます。",
            "A withholding list names id and title as they stand here.",
        ));
        Ok(())
    }

    /// Free text that names what is kept out, entry by entry.
    fn residue(&self, out: &mut Out) -> Result<(), Failure> {
        out.finish()?;
        if self.kept.residue.is_empty() {
            return Ok(());
        }
        out.warn(words::residue_in(out.language));
        for left in &self.kept.residue {
            let section = labels::section(left.section, out.language);
            out.hint(format!("  {section}  {} {}", left.section.key(), left.id));
        }
        Ok(())
    }
}

/// What was done to a section as a whole, where no rule chose its entries one by one.
fn broad(kept: &[&Kept], language: Language) -> String {
    let rules: Vec<&str> = kept.iter().filter(|k| k.ids.is_empty()).map(|k| words::rule(k.rule, language)).collect();
    rules.join(language.pick(" または ", " or "))
}

fn row(entry: &Listed, first: Line, last: Line) -> Row {
    let cells = [&entry.id, &entry.date, &entry.title].map(|text| Line::from(text.as_str()));
    Row { cells: [first].into_iter().chain(cells).chain([last]).collect(), ..Row::default() }
}
