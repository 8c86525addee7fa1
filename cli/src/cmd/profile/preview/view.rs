//! The pages of a preview: all sections, or every entry of one.

use crate::cmd::profile::entries::{self, Listed};
use crate::cmd::show::provided;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::profile as words;
use crate::words::withholding;
use mykarte::record::codes::Codes;
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::document::{Exclude, may_have_period};
use mykarte::record::report::{Kept, KeptOut};
use mykarte::record::{Nothing, Record, Section, catalogue};
use std::collections::{HashMap, HashSet};

/// So many entries of one rule are named on the overview.
const MOST: usize = 20;

/// What there is, and what is left of it.
pub struct View<'a> {
    /// Every entry of the full record.
    pub all: &'a [Listed],
    pub by_id: HashMap<(Section, &'a str), &'a Listed>,
    /// What is kept back.
    pub kept: &'a KeptOut,
    /// What the patient sees.
    pub record: &'a Record,
    /// The profile declares a withholding list and none was given.
    pub list_is_missing: bool,
    /// How many entries the list keeps back.
    pub kept_back: Option<usize>,
    /// Exclusions that name nothing of this patient.
    pub unmatched: Exclude,
}

impl View<'_> {
    pub fn overview(&self, out: &mut Out) -> Result<(), Failure> {
        let shape = self.record.summary.profile.as_ref();
        self.list_missing(out)?;
        provided::warnings(shape, out)?;
        let name = shape.map(|s| words::shape(s, out.language)).unwrap_or_default();
        let seen = entries::all(self.record).len();
        out.line(Line::new().bold(name).plain("  ").plain(match out.language {
            Language::Ja => format!("病院の記録 {}件のうち、患者に見えるもの {seen}件", self.all.len()),
            Language::En => format!("of {} entries the patient sees {seen}", self.all.len()),
        }))?;
        if let Some(entries) = self.kept_back {
            out.line(withholding::kept_back(entries, out.language))?;
        }
        let Exclude { departments, drugs, tests, .. } = &self.unmatched;
        if !self.unmatched.is_empty() {
            let codes = words::codes(departments, drugs, tests, out.language);
            out.line(Line::new().styled(Style::Warn, words::unmatched(&codes, out.language)))?;
        }
        for section in Section::ALL {
            out.blank()?;
            self.section(section, out)?;
        }
        Ok(())
    }

    fn list_missing(&self, out: &mut Out) -> Result<(), Failure> {
        if !self.list_is_missing {
            return Ok(());
        }
        out.line(Line::new().styled(Style::Warn, withholding::not_given(out.language)))
    }

    fn is_hidden(&self, section: Section) -> bool {
        self.record.summary.hides(section)
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
            let more = if kept.ids.is_empty() { words::listed_by(section.key(), out.language) } else { String::new() };
            out.line(Line::new().styled(Style::Warn, count).plain(more))?;
            let rows: Vec<Row> = kept.ids.iter().take(MOST).map(|id| self.named(section, id, out.language)).collect();
            table::print(out, &rows, 0)?;
            if kept.ids.len() > MOST {
                let rest = words::more_entries(kept.ids.len() - MOST, section.key(), out.language);
                out.line(format!("     {rest}"))?;
            }
        }
        Ok(())
    }

    /// An entry by its id; the id alone where even the full record has put it aside, as an order that was answered.
    fn named(&self, section: Section, id: &str, language: Language) -> Row {
        let indent = Line::from("   ");
        match self.by_id.get(&(section, id)) {
            Some(entry) => Row { cells: cells(entry, indent, language).into(), ..Row::default() },
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

    /// Every entry of one section with its id and codes, for whoever writes a withholding list or an exclusion.
    pub fn listing(&self, section: Section, out: &mut Out) -> Result<(), Failure> {
        self.list_missing(out)?;
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
            let mut cells = cells(entry, Line::new().styled(style, words::mark(shown)), out.language).to_vec();
            cells.extend([codes(entry, out.language), Line::new().styled(Style::Warn, why)]);
            Row { cells, ..Row::default() }
        };
        // An order comes to light where what answered it is kept out.
        let new = shown.iter().filter(|e| e.section == section && !self.by_id.contains_key(&(section, e.id.as_str())));
        let rows: Vec<Row> = self.all.iter().filter(|e| e.section == section).chain(new).map(one).collect();
        table::print(out, &rows, 0)?;
        out.finish()?;
        if !rows.is_empty() && may_have_period(section) {
            out.hint(out.pick(
                "非開示リストには、この id と題名（title）をそのまま書きます。コードはプロファイルの exclude に書けます。",
                "A withholding list names id and title as they stand here; codes may stand in exclude of a profile.",
            ));
        }
        Ok(())
    }

    /// Free text that names what is kept out, entry by entry.
    pub fn residue(&self, out: &mut Out) -> Result<(), Failure> {
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

/// Id, date and title behind a mark; 疑い beside the title, which is to be copied as it stands.
fn cells(entry: &Listed, first: Line, language: Language) -> [Line; 5] {
    let suspected = match entry.suspected {
        true => Line::new().styled(Style::Warn, catalogue::label(Section::Diagnoses, "suspected", language)),
        false => Line::new(),
    };
    let [id, date, title] = [&entry.id, &entry.date, &entry.title].map(|text| Line::from(text.as_str()));
    [first, id, date, title, suspected]
}

fn codes(entry: &Listed, language: Language) -> Line {
    let Codes { departments, drugs, tests } = &entry.codes;
    Line::new().styled(Style::Dim, words::codes(departments, drugs, tests, language))
}
