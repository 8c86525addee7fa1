//! AL1 (in ADT-00 and most other messages) and IAM (ADT-61): allergies.

use crate::message::{Message, Segment};
use crate::types::{Coded, Person, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// Which segment an allergy was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AllergySource {
    /// ADT-61: with severity, reaction and dates.
    Iam,
    /// AL1 of any message: type and allergen only.
    Al1,
}

/// One row. Severity and reaction belong to the allergen and never leave it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllergyRow {
    /// Segment number.
    #[serde(skip)]
    pub segment: u32,
    /// IAM or AL1. An entry's own `source` and `id` are other keys.
    #[serde(rename = "stated_in")]
    pub source: AllergySource,
    /// IAM-3, AL1-3.
    pub allergen: Arc<Coded>,
    /// IAM-2, AL1-2 (HL7 table 0127).
    pub category: Option<Arc<Coded>>,
    /// IAM-4, AL1-4 (0128).
    pub severity: Option<Arc<Coded>>,
    /// IAM-5, AL1-5.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reactions: Vec<Text>,
    /// IAM-6 (0323): `A`, `U`, `X`; `D` removes the row.
    pub action: Option<Text>,
    /// IAM-7.
    #[serde(rename = "instance_id")]
    pub id: Option<Text>,
    /// IAM-8.
    pub action_reason: Option<Text>,
    /// IAM-9.
    pub sensitivity: Option<Arc<Coded>>,
    /// IAM-10.
    pub group: Option<Arc<Coded>>,
    /// IAM-11, AL1-6.
    pub onset: Option<Timestamp>,
    /// IAM-12.
    pub onset_text: Option<Text>,
    /// IAM-13.
    pub reported_at: Option<Timestamp>,
    /// IAM-14.
    pub reported_by: Option<Text>,
    /// IAM-15 (0063).
    pub reported_by_relation: Option<Arc<Coded>>,
    /// IAM-17.
    pub clinical_status: Option<Arc<Coded>>,
    /// IAM-18.
    pub confirmed_by: Option<Arc<Person>>,
    /// IAM-19.
    pub confirmed_at_organisation: Option<Text>,
    /// IAM-20.
    pub confirmed_at: Option<Timestamp>,
}

/// AL1 rows that name an allergen.
pub(super) fn al1(message: &Message<'_>) -> Vec<AllergyRow> {
    let rows = message.all("AL1").flat_map(|al1| {
        al1.skip(&[1]);
        each_allergen(al1.cwes(3), |allergen| {
            let row = AllergyRow { severity: al1.cwe(4), reactions: al1.sts(5), onset: al1.ts(6), ..empty(allergen) };
            AllergyRow { segment: al1.number(), source: AllergySource::Al1, category: al1.cwe(2), ..row }
        })
    });
    rows.collect()
}

/// One row an allergen; without one the fields stay named as unused.
fn each_allergen(allergens: Vec<Arc<Coded>>, row: impl FnOnce(Arc<Coded>) -> AllergyRow) -> Vec<AllergyRow> {
    let mut allergens = allergens.into_iter();
    let Some(first) = allergens.next().map(row) else { return Vec::new() };
    let others: Vec<_> = allergens.map(|allergen| AllergyRow { allergen, ..first.clone() }).collect();
    std::iter::once(first).chain(others).collect()
}

/// IAM rows that name an allergen.
pub(super) fn iam(message: &Message<'_>) -> Vec<AllergyRow> {
    let rows = message.all("IAM").flat_map(|iam| {
        iam.skip(&[1]);
        each_allergen(iam.cwes(3), |allergen| iam_row(&iam, allergen))
    });
    rows.collect()
}

fn iam_row(iam: &Segment<'_>, allergen: Arc<Coded>) -> AllergyRow {
    let reporter = iam.xpn(14);
    AllergyRow {
        segment: iam.number(),
        source: AllergySource::Iam,
        category: iam.cwe(2),
        severity: iam.cwe(4),
        reactions: iam.sts(5),
        action: iam.id_of(6),
        id: iam.id_of(7),
        action_reason: iam.st(8),
        sensitivity: iam.cwe(9),
        group: iam.cwe(10),
        onset: iam.ts(11),
        onset_text: iam.st(12),
        reported_at: iam.ts(13),
        reported_by: reporter.kanji.clone().or_else(|| reporter.kana.clone()),
        reported_by_relation: iam.cwe(15),
        clinical_status: iam.cwe(17),
        confirmed_by: iam.xcn(18),
        confirmed_at_organisation: iam.id_of(19),
        confirmed_at: iam.ts(20),
        ..empty(allergen)
    }
}

fn empty(allergen: Arc<Coded>) -> AllergyRow {
    AllergyRow {
        segment: 0,
        source: AllergySource::Al1,
        allergen,
        category: None,
        severity: None,
        reactions: Vec::new(),
        action: None,
        id: None,
        action_reason: None,
        sensitivity: None,
        group: None,
        onset: None,
        onset_text: None,
        reported_at: None,
        reported_by: None,
        reported_by_relation: None,
        clinical_status: None,
        confirmed_by: None,
        confirmed_at_organisation: None,
        confirmed_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::tests::entries;

    #[test]
    fn every_allergen_of_a_row_is_a_row() {
        let (e, codes) = entries(
            "ADT-61",
            &[
                "PID|1||1",
                "IAM|1|FA^食物^HL70127|5A1^ソバ^JC10~5A2^卵^JC10|SV^重度^HL70128",
                "AL1|1|DA|1^ペニシリン^99XYZ~2^セフェム^99XYZ|MO",
            ],
        );
        let rows: Vec<_> = e.allergies.iter().map(|r| (r.allergen.display(), r.severity.is_some())).collect();
        assert_eq!(rows, [("ペニシリン", true), ("セフェム", true), ("ソバ", true), ("卵", true)]);
        assert_eq!(codes, []);
    }

    #[test]
    fn iam_with_severity_and_al1_without() {
        let (e, _) = entries(
            "ADT-61",
            &[
                "PID|1||1",
                "IAM|2|FA^食物アレルギー^HL70127|5A1^ソバ^JC10|MO^中等度^HL70128|湿疹|A^追加^HL70323|||||199601|小学校低学年の頃",
                "AL1|1|DA|1^ペニシリン^99XYZ",
                "AL1|2|DA",
            ],
        );
        let [al1, iam] = &e.allergies[..] else { panic!("two rows") };
        assert_eq!((al1.source, al1.allergen.display()), (AllergySource::Al1, "ペニシリン"));
        assert_eq!(iam.severity.as_ref().map(|s| s.display()), Some("中等度"));
        assert_eq!(
            (iam.reactions.join(","), iam.onset_text.as_deref()),
            ("湿疹".to_string(), Some("小学校低学年の頃"))
        );
        assert_eq!(iam.onset.map(|t| t.to_string()).as_deref(), Some("1996-01"));
    }
}
