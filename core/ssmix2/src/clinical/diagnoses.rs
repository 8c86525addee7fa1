//! PPR-01, PPR^ZD1: diagnoses. Each PRB opens one; the ZPR, ZPD, ORC and NTE
//! behind it belong to it.

use super::Context;
use super::basics::{self, Insurance};
use crate::diagnostic::Code;
use crate::message::{Message, Segment};
use crate::types::{Coded, Person, Text, Timestamp, fold_id, is_local_system};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::cell::OnceCell;
use std::sync::Arc;

/// An ICD-10 code.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Icd10 {
    /// With its dot: `K29.7`.
    pub code: Text,
    /// PRB-10.7: the edition, `2003` when the field is empty (JAHIS 病名 3.1C).
    pub edition: Text,
}

/// One diagnosis as one message states it.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnosis {
    /// Segment number of the PRB.
    #[serde(skip)]
    pub segment: u32,
    /// The name to show: PRB-17, else prefix + base + suffix words where all have
    /// a text, else PRB-3.
    pub name: Text,
    /// Which of the three `name` is.
    pub name_from: Text,
    /// PRB-13 is `1` or says 疑い, the name says it, or a suffix is の疑い (8002):
    /// never shown without it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspected: bool,
    /// PRB-13 as sent.
    pub suspicion: Option<Arc<Coded>>,
    /// PRB-18 is `1`: 主病名.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub main: bool,
    /// PRB-18 as sent.
    pub ranking: Option<Arc<Coded>>,
    /// PRB-3.
    pub disease: Option<Arc<Coded>>,
    /// PRB-10.1 where PRB-10.3 is I10.
    pub icd10: Option<Icd10>,
    /// PRB-10.1 to .3 where they are no ICD-10 code or say more than it.
    pub classification: Option<Arc<Coded>>,
    /// PRB-10.4: 入院時, 退院時, 外来時 ... (JHSD0004).
    pub timing: Option<Arc<Coded>>,
    /// PRB-16.
    pub onset: Option<Timestamp>,
    /// PRB-7.
    pub recorded_at: Option<Timestamp>,
    /// PRB-8.
    pub expected_end: Option<Timestamp>,
    /// PRB-9.
    pub ended_at: Option<Timestamp>,
    /// PRB-14 (0241, JHSD0006).
    pub outcome: Option<Arc<Coded>>,
    /// PRB-15.
    pub outcome_at: Option<Timestamp>,
    /// PRB-1 (0287).
    pub action: Option<Text>,
    /// PRB-2.
    pub action_at: Option<Timestamp>,
    /// PRB-4: identity across updates.
    pub instance_id: Option<Text>,
    /// ZPR-1: 接頭語.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<Arc<Coded>>,
    /// ZPR-2.
    pub base: Option<Arc<Coded>>,
    /// ZPR-3: 接尾語.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suffixes: Vec<Arc<Coded>>,
    /// ZPR-4, -5, -6: 交換用コード of prefixes, base and suffixes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exchange_codes: Vec<Arc<Coded>>,
    /// ZPR-7 and NTE-3.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Text>,
    /// ZPD-2: 歯式.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teeth: Vec<Arc<Coded>>,
    /// PRB-25 (0177): confidentiality.
    pub confidentiality: Option<Arc<Coded>>,
    /// PRB-21: what the patient knows of it.
    pub patient_awareness: Option<Arc<Coded>>,
    /// PRB-24: what the family knows of it.
    pub family_awareness: Option<Text>,
    /// ORC-17, else PV1-10, else the file name.
    pub department: Option<Arc<Coded>>,
    /// ORC-12.
    pub doctor: Option<Arc<Person>>,
    /// ORC-29.1: `I` or `O`.
    pub patient_class: Option<Text>,
    /// Further repetitions of PRB-25, for the rule about confidential diagnoses.
    #[serde(skip)]
    pub further_confidentiality: Vec<Arc<Coded>>,
    /// Further repetitions of PRB-21, for the rule about what the patient knows.
    #[serde(skip)]
    pub further_awareness: Vec<Arc<Coded>>,
    /// Departments beside its own, for rules that name departments.
    #[serde(skip)]
    pub departments_elsewhere: Vec<Arc<Coded>>,
    /// ZI1: insurance that covers this diagnosis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub insurances: Vec<Insurance>,
}

/// Reads every PRB of the message.
pub(super) fn read(message: &Message<'_>, context: Context<'_>) -> Vec<Diagnosis> {
    // PV1 and the file name are looked at only where an ORC is silent.
    let department = OnceCell::new();
    let mut all: Vec<Diagnosis> = Vec::new();
    for segment in message.segments() {
        if segment.id() == "PRB" {
            all.push(problem(&segment));
        } else if let Some(last) = all.last_mut() {
            match segment.id() {
                "ZPR" => words(last, &segment),
                "ZPD" => last.teeth.extend(segment.cwe(2)),
                "NTE" => {
                    segment.skip(&[1]);
                    last.comments.extend(segment.sts(3));
                }
                "ZI1" => last.insurances.push(basics::insurance(&segment)),
                "ORC" => order(last, &segment),
                _ => {}
            }
        }
    }
    for diagnosis in &mut all {
        finish(diagnosis);
        let default = || department.get_or_init(|| super::department(message, context)).clone();
        if diagnosis.department.as_deref().is_some_and(|sent| !sent.has_code()) {
            diagnosis.departments_elsewhere.extend(default());
        }
        diagnosis.department = diagnosis.department.take().or_else(default);
    }
    all
}

fn problem(prb: &Segment<'_>) -> Diagnosis {
    let suspicion = prb.cwe(13);
    let ranking = prb.cwe(18);
    let is_one = |c: &Option<Arc<Coded>>| c.as_deref().is_some_and(|c| fold_id(&c.code) == "1");
    let action = prb.id_of(1);
    if !matches!(action.as_deref(), Some("AD" | "CO" | "DE" | "UP" | "UC" | "LI" | "UN")) {
        prb.note(Code::UnknownActionCode, 1);
    }
    Diagnosis {
        segment: prb.number(),
        // PRB-17 is text, whatever one table calls it; assembled names come later.
        name: prb.st(17).map(|t| t.trim().to_compact_string()).unwrap_or_default(),
        suspected: is_one(&suspicion) || suspicion.as_deref().is_some_and(|c| remains(c.display()).contains('疑')),
        suspicion,
        main: is_one(&ranking),
        ranking,
        disease: prb.cwe(3),
        icd10: icd10(prb),
        classification: classification(prb),
        timing: timing(prb),
        onset: prb.ts(16),
        recorded_at: prb.ts(7),
        expected_end: prb.ts(8),
        ended_at: prb.ts(9),
        outcome: prb.cwe(14),
        outcome_at: prb.ts(15),
        action,
        action_at: prb.ts(2),
        instance_id: prb.id_of(4),
        confidentiality: prb.cwe(25),
        patient_awareness: prb.cwe(21),
        family_awareness: prb.st(24),
        further_confidentiality: prb.further_cwes(25).collect(),
        further_awareness: prb.further_cwes(21).collect(),
        ..Diagnosis::default()
    }
}

/// PRB-10.1 to .3 with the edition in .7; the code is sent without its dot.
fn icd10(prb: &Segment<'_>) -> Option<Icd10> {
    let class = prb.cwe(10)?;
    if !is_icd10(&class) {
        return None;
    }
    let code = match class.code.contains('.') || class.code.len() <= 3 || !class.code.is_char_boundary(3) {
        true => class.code.to_compact_string(),
        false => compact_str::format_compact!("{}.{}", &class.code[..3], &class.code[3..]),
    };
    let edition = if class.version.is_empty() { "2003" } else { &*class.version };
    Some(Icd10 { code, edition: edition.to_compact_string() })
}

fn is_icd10(class: &Coded) -> bool {
    matches!(&*class.system, "I10" | "I10N" | "ICD10") && !class.code.is_empty()
}

/// What PRB-10.1 to .3 say beyond an ICD-10 code: another system, or a text.
fn classification(prb: &Segment<'_>) -> Option<Arc<Coded>> {
    let class = prb.cwe(10)?;
    if class.text.is_empty() && (is_icd10(&class) || class.code.is_empty()) {
        return None;
    }
    let [code, text, system] = [&class.code, &class.text, &class.system].map(Clone::clone);
    Some(Arc::new(Coded { code, text, system, ..Coded::default() }))
}

/// PRB-10.4 to .6.
fn timing(prb: &Segment<'_>) -> Option<Arc<Coded>> {
    let class = prb.cwe(10)?;
    let [code, text, system] = [&class.alt_code, &class.alt_text, &class.alt_system].map(Clone::clone);
    (!code.is_empty() || !text.is_empty()).then(|| Arc::new(Coded { code, text, system, ..Coded::default() }))
}

fn words(diagnosis: &mut Diagnosis, zpr: &Segment<'_>) {
    diagnosis.prefixes = zpr.cwes(1);
    diagnosis.base = zpr.cwe(2);
    diagnosis.suffixes = zpr.cwes(3);
    diagnosis.exchange_codes = [zpr.cwes(4), zpr.cwes(5), zpr.cwes(6)].concat();
    diagnosis.comments.extend(zpr.sts(7));
}

fn order(diagnosis: &mut Diagnosis, orc: &Segment<'_>) {
    diagnosis.department = orc.cwe(17);
    diagnosis.departments_elsewhere = orc.further_cwes(17).collect();
    diagnosis.doctor = orc.xcn(12);
    diagnosis.patient_class = orc.id_of(29);
    diagnosis.instance_id = diagnosis.instance_id.take().or_else(|| orc.id_of(2));
}

/// The words of a text without those that deny a suspicion.
fn remains(text: &str) -> String {
    ["疑いなし", "疑い無し", "疑なし", "疑無し"].iter().fold(text.to_string(), |text, no| text.replace(no, ""))
}

/// 疑い in any wording; not 疑いなし. In a name 疑 alone may be anatomy (疑核).
fn says_suspected(text: &str) -> bool {
    let text = remains(text);
    text.contains("疑い") || text.trim_end().ends_with('疑')
}

/// The suffix の疑い: in words, or as its code alone.
fn is_suspicion(suffix: &Coded) -> bool {
    let by_code = |code: &str, system: &str| code == "8002" && !(is_local_system(system) && suffix.has_text());
    says_suspected(suffix.display())
        || by_code(&suffix.code, &suffix.system)
        || by_code(&suffix.alt_code, &suffix.alt_system)
}

/// The name, and 疑い by word where PRB-13 does not say it.
fn finish(diagnosis: &mut Diagnosis) {
    let words = || diagnosis.prefixes.iter().chain(&diagnosis.base).chain(&diagnosis.suffixes);
    // A word without a text would put its code into the name.
    let assembled: Text = match words().all(|word| word.has_text()) || diagnosis.disease.is_none() {
        true => words().map(|word| word.display()).collect(),
        false => Text::default(),
    };
    diagnosis.suspected |= diagnosis.suffixes.iter().any(|s| is_suspicion(s));
    let (name, from) = if !diagnosis.name.is_empty() {
        (std::mem::take(&mut diagnosis.name), "PRB-17")
    } else if !assembled.is_empty() {
        (assembled, "ZPR")
    } else {
        (diagnosis.disease.as_ref().map(|d| d.display().to_compact_string()).unwrap_or_default(), "PRB-3")
    };
    diagnosis.suspected |= says_suspected(&name);
    diagnosis.name = name;
    diagnosis.name_from = from.to_compact_string();
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn suspicion_in_every_wording() {
        let read = |prb13: &str, name: &str, suffix: &str| {
            let prb = format!("PRB|AD|20110915|1^胃癌^MDCDX2|55|||||||||{prb13}||||{name}");
            entries("PPR-01", &["PID|1||1", &prb, &format!("ZPR||1^胃癌^MDCDX2|{suffix}")]).0.diagnoses.remove(0)
        };
        for (prb13, name, suffix) in [
            ("１", "", ""),
            ("9^疑いあり（確定診断なし）^99", "", ""),
            ("", "胃癌の疑い（生検結果無）", ""),
            ("", "胃癌疑", ""),
            ("", "", "8002"),
            ("", "", "8002^^MDCDX2"),
            ("", "", "8002^の疑い^99"),
        ] {
            assert!(read(prb13, name, suffix).suspected, "{prb13} {name} {suffix}");
        }
        for (prb13, name, suffix) in
            [("0", "", ""), ("9^疑いなし^99", "", ""), ("9^疑い無し^99", "", ""), ("", "疑核の腫瘍", "8002^術後^99")]
        {
            assert!(!read(prb13, name, suffix).suspected, "{prb13} {name} {suffix}");
        }
        // A word without a text never puts its code into the name.
        let d = read("", "", "8002");
        assert_eq!((d.name.as_str(), d.name_from.as_str()), ("胃癌", "PRB-3"));
    }

    #[test]
    fn names_are_assembled_and_suspicion_stays() {
        let (e, _) = entries(
            "PPR-01",
            &[
                "PID|1||1",
                "PRB|AD|20110915|20054174^胃炎^MDCDX2|55|||20110831||20110915|K297^^I10^O^外来時^JHSD0004|||1|N^回復せず^HL70241|20110915|20110831||1^主診断^JHSD0007|||||||V^非常に限定^HL70177",
                "ZPR|1^急性^99|20054174^胃炎^MDCDX2|8002^の疑い^99||TSQF^胃炎^MDCDX2",
                "ORC|NW|55||||||||||110^医師^一郎~^イシ^イチロウ|||||01^内科^MML028||||||||||||O",
            ],
        );
        let d = &e.diagnoses[0];
        assert_eq!((d.name.as_str(), d.name_from.as_str()), ("急性胃炎の疑い", "ZPR"));
        assert!(d.suspected && d.main);
        let icd = d.icd10.as_ref().expect("ICD-10");
        assert_eq!((icd.code.as_str(), icd.edition.as_str()), ("K29.7", "2003"));
        assert_eq!(d.timing.as_ref().map(|t| t.display()), Some("外来時"));
        assert_eq!(d.doctor.as_ref().map(|p| p.name.as_str()), Some("医師 一郎"));
        assert_eq!(d.confidentiality.as_ref().map(|c| &*c.code), Some("V"));
    }
}
