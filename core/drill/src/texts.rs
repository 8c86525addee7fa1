//! What is looked for in the text of a field. Names of doctors, drugs, tests and wards stand in thousands of fields: a text is
//! looked at once, and what was found is said again.

use crate::checks::Drill;
use crate::mojibake;
use crate::noted::{Notes, Spot};
use std::collections::HashMap;

/// Texts that are remembered, and how long each may be: some hundred KiB a worker.
const MANY: usize = 4096;
const LONG: usize = 256;

/// What is the matter with a text: checks with their details.
type Matters = Vec<(Drill, &'static str)>;

/// Looks at texts; made once a worker.
#[derive(Default)]
pub(crate) struct Texts {
    seen: HashMap<Box<str>, Matters, foldhash::fast::RandomState>,
}

impl Texts {
    /// Notes what is the matter with a text.
    pub fn look_at(&mut self, at: Spot<'_>, text: &str, notes: &mut Notes<'_>) {
        // Most fields are numbers, codes and dates.
        if mojibake::is_of_codes(text) {
            return;
        }
        let mut note_all = |matters: &Matters| {
            matters.iter().for_each(|(check, detail)| notes.add(*check, detail, at, Some(text)));
        };
        if let Some(known) = self.seen.get(text) {
            return note_all(known);
        }
        let matters = matters(text);
        note_all(&matters);
        if self.seen.len() == MANY {
            self.seen.clear();
        }
        if text.len() <= LONG {
            self.seen.insert(text.into(), matters);
        }
    }
}

fn matters(text: &str) -> Matters {
    let is_outside = |c: char| !c.is_ascii() && !is_private(c) && !mojibake::is_jis_x0208(c);
    let accident = mojibake::judge(text).map(|accident| (Drill::Mojibake, accident.key()));
    let characters = [
        (Drill::Geta, text.contains('〓')),
        (Drill::PrivateUse, text.contains(is_private)),
        (Drill::OutsideJisX0208, text.contains(is_outside)),
    ];
    let odd = characters.into_iter().filter(|(_, is)| *is).map(|(check, _)| (check, ""));
    accident.into_iter().chain(odd).collect()
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noted::Noted;

    #[test]
    fn what_was_found_once_is_said_again() {
        let (mut texts, mut noted) = (Texts::default(), Noted::default());
        for file in [1, 2] {
            let mut notes = Notes { file, noted: &mut noted };
            for text in ["縺ゅ＞縺", "内科外来", "髙橋〓", "20240401^X"] {
                texts.look_at(("PID", 5), text, &mut notes);
            }
        }
        let counts: Vec<(Drill, u64)> = noted.all().map(|(check, _, count, _)| (check, count)).collect();
        assert_eq!(counts, [(Drill::Mojibake, 2), (Drill::Geta, 2), (Drill::OutsideJisX0208, 2)]);
        // Codes are not remembered: to look is as quick.
        assert_eq!(texts.seen.len(), 3);
    }
}
