//! What an entry is about, in a few words: by it staff recognise an entry, and the withholding list makes sure that an
//! id still means what it meant.

use crate::model::{Allergy, Diagnosis, Entry, Injection, Prescription, Stay};
use ssmix2::clinical::{Basics, Lab, Memo, Other};
use ssmix2::types::{Coded, Timestamp};
use std::sync::Arc;

/// Something that can be named in a few words.
pub trait Titled {
    /// The words: as sent, in no language of ours.
    fn title(&self) -> String;
}

impl<T: Titled> Titled for Entry<T> {
    fn title(&self) -> String {
        self.body.title()
    }
}

fn text(coded: &Option<Arc<Coded>>) -> String {
    coded.as_ref().map(|c| c.display().to_string()).unwrap_or_default()
}

impl Titled for Basics {
    fn title(&self) -> String {
        self.name.kanji.as_ref().or(self.name.kana.as_ref()).map(ToString::to_string).unwrap_or_default()
    }
}

impl Titled for Allergy {
    fn title(&self) -> String {
        self.row.allergen.display().to_string()
    }
}

impl Titled for Diagnosis {
    fn title(&self) -> String {
        self.sent.name.to_string()
    }
}

impl Titled for Stay {
    /// `2023-05-17 2023-05-26 外科`.
    fn title(&self) -> String {
        let day = |t: &Option<Timestamp>| t.map(|t| t.date().to_string()).unwrap_or_default();
        let movement = self.admission.as_ref().or(self.discharge.as_ref());
        let department = movement.map(|m| text(&m.department)).unwrap_or_default();
        let words = [day(&self.admitted_at), day(&self.discharged_at), department];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Titled for Prescription {
    fn title(&self) -> String {
        text(&self.sent.drug)
    }
}

impl Titled for Injection {
    /// The drugs of the mixture; of an administration alone, what was given.
    fn title(&self) -> String {
        let ordered = self.sent.components.iter().filter_map(|c| c.drug.as_ref());
        let given = self.administrations.iter().flat_map(|g| &g.sent.drugs).filter_map(|d| d.drug.as_ref());
        let mut names: Vec<&str> = ordered.map(|d| d.display()).collect();
        if names.is_empty() {
            names = given.map(|d| d.display()).collect();
        }
        names.join("、")
    }
}

impl Titled for Lab {
    /// With its time: an item is often examined several times on one day.
    fn title(&self) -> String {
        let at = self.collected_at().map(|at| format!(" {at}")).unwrap_or_default();
        format!("{}{at}", self.item.display()).trim().to_string()
    }
}

impl Titled for Memo {
    fn title(&self) -> String {
        self.text.lines().next().unwrap_or_default().to_string()
    }
}

impl Titled for Other {
    fn title(&self) -> String {
        format!("{} {}", self.kind_label, self.title).trim().to_string()
    }
}
