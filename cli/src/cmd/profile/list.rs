//! `profile list`: the bundled profiles.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::Line;
use crate::print::table::{self, Row};
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::is_shown;
use mykarte::record::{Section, catalogue, labels::Language};

/// One line a profile, with how much of the record it shows.
pub fn run(out: &mut Out) -> Result<(), Failure> {
    let profiles = Profile::bundled().into_iter().filter_map(|(id, _)| Profile::find(id));
    let rows: Vec<Row> = profiles.map(|profile| row(&profile, out.language)).collect();
    table::print(out, &rows, 0)
}

fn row(profile: &Profile, language: Language) -> Row {
    let sections = Section::ALL.into_iter().filter(|s| profile.shows(*s)).count();
    let fields = || Section::ALL.into_iter().flat_map(|s| catalogue::fields(s).map(move |f| (s, f.key)));
    let (shown, all) = (fields().filter(|(s, key)| is_shown(profile, *s, key)).count(), fields().count());
    let sections = format!("{} {sections}/{}", language.pick("区分", "sections"), Section::ALL.len());
    let fields = format!("{} {shown}/{all}", language.pick("項目", "fields"));
    let document = profile.document();
    let cells = [document.id.as_str(), &document.name, &sections, &fields];
    Row { cells: cells.into_iter().map(Line::from).collect(), ..Row::default() }
}
