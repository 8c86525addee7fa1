//! ADT-00, ADT^A08: patient basics.

use super::patient;
use crate::diagnostic::Code;
use crate::message::{Message, Segment};
use crate::types::{Address, Coded, Person, PersonName, Phone, Place, Quantity, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// A body measure with the time it holds for.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// OBX-5 and OBX-6.
    #[serde(flatten)]
    pub quantity: Quantity,
    /// OBX-14, else PID-33.
    pub at: Option<Timestamp>,
    /// Which field `at` came from.
    pub at_from: Option<Text>,
    /// OBX-11.
    pub result_status: Option<Text>,
}

/// A blood group as one source states it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BloodType {
    /// `A`, `B`, `O`, `AB`; `+`, `-`; or what was sent, if it is none of these.
    pub value: Text,
    /// OBX-5 as sent.
    pub sent: Arc<Coded>,
    /// Where it was read: `ADT-00` or `OML-11`.
    pub source: Text,
    /// When it was determined or recorded.
    pub at: Option<Timestamp>,
    /// OBX-11.
    pub result_status: Option<Text>,
}

/// NK1, without the rows in which the patient names himself.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextOfKin {
    /// NK1-2.
    pub name: PersonName,
    /// NK1-3 (0063).
    pub relationship: Option<Arc<Coded>>,
    /// NK1-4.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub addresses: Vec<Address>,
    /// NK1-5 and NK1-6.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub phones: Vec<Phone>,
    /// NK1-13: where they work.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub organisations: Vec<Text>,
}

/// IN1, and ZI1 of a diagnosis.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insurance {
    /// IN1-2 (JHSD0001).
    pub plan: Option<Arc<Coded>>,
    /// IN1-3: insurer's number.
    pub insurer_number: Option<Text>,
    /// IN1-4.
    pub insurer_name: Option<Text>,
    /// IN1-10: symbol, number, branch.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub numbers: Vec<Text>,
    /// IN1-12.
    pub from: Option<Timestamp>,
    /// IN1-13.
    pub to: Option<Timestamp>,
    /// IN1-15.
    pub plan_type: Option<Text>,
    /// IN1-17 (0063).
    pub relationship: Option<Arc<Coded>>,
}

/// What one ADT-00 says of the patient.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Basics {
    /// PID-5.
    pub name: PersonName,
    /// PID-7.
    pub birth_date: Option<Timestamp>,
    /// PID-8 (0001).
    pub sex: Option<Text>,
    /// ABO groups, every one that some source states.
    pub blood_abo: Vec<BloodType>,
    /// Rh, every one that some source states.
    pub blood_rh: Vec<BloodType>,
    /// OBX 9N001.
    pub height: Option<Measurement>,
    /// OBX 9N006.
    pub weight: Option<Measurement>,
    /// PID-11.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// PID-13 and PID-14.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// NK1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next_of_kin: Vec<NextOfKin>,
    /// DB1-4 of the patient's own row: `Y` or `N`.
    pub disability: Option<Text>,
    /// DB1-2.
    pub disability_of: Option<Text>,
    /// PV1-2.
    pub patient_class: Option<Text>,
    /// PV1-3, at the time of writing.
    pub place: Option<Arc<Place>>,
    /// PV1-7.
    pub attending_doctor: Option<Arc<Person>>,
    /// IN1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub insurances: Vec<Insurance>,
    /// PID-33, else EVN-2.
    pub updated_at: Option<Timestamp>,
    /// PID-30 or a date in PID-29: not used by the standard, kept if sent.
    pub death: Option<Text>,
}

/// Reads an ADT-00.
pub(super) fn read(message: &Message<'_>) -> Basics {
    let stamp = patient::stamp(message);
    let mut basics =
        Basics { name: (*stamp.name).clone(), birth_date: stamp.birth_date, sex: stamp.sex, ..Basics::default() };
    if let Some(pid) = message.first("PID") {
        basics.addresses = pid.addresses(11);
        basics.phones = [pid.phones(13), pid.phones(14)].concat();
        basics.updated_at = updated_at(&pid);
        basics.death = pid.id_of(30).filter(|d| d == "Y").or_else(|| pid.ts(29).map(|t| t.to_compact_string()));
    }
    basics.updated_at = basics.updated_at.or_else(|| message.first("EVN").and_then(|evn| evn.ts(2)));
    if let Some(pv1) = message.first("PV1") {
        pv1.skip(&[1]);
        basics.patient_class = pv1.id_of(2);
        basics.place = pv1.place(3);
        basics.attending_doctor = pv1.xcn(7);
    }
    basics.next_of_kin = message.all("NK1").filter_map(|nk1| next_of_kin(&nk1)).collect();
    if let Some(db1) = message.first("DB1") {
        db1.skip(&[1]);
        basics.disability_of = db1.id_of(2);
        basics.disability = db1.id_of(4);
    }
    basics.insurances = message.all("IN1").map(|in1| insurance(&in1)).collect();
    for obx in message.all("OBX") {
        add_observation(&mut basics, &obx);
    }
    basics
}

/// PID-33; three samples write it one field early.
fn updated_at(pid: &Segment<'_>) -> Option<Timestamp> {
    if pid.has(33) {
        return pid.ts(33);
    }
    let shifted = pid.ts(32);
    if shifted.is_some() {
        pid.note(Code::UpdateTimeShifted, 32);
    }
    shifted
}

fn next_of_kin(nk1: &Segment<'_>) -> Option<NextOfKin> {
    nk1.skip(&[1]);
    let relationship = nk1.cwe(3);
    let kin = NextOfKin {
        name: (*nk1.xpn(2)).clone(),
        relationship,
        addresses: nk1.addresses(4),
        phones: [nk1.phones(5), nk1.phones(6)].concat(),
        organisations: nk1.ids_of(13),
    };
    // SEL is the patient himself, never to be shown as family.
    let own = kin.relationship.as_deref().is_some_and(|r| &*r.code == "SEL");
    (!own && kin.name != PersonName::default()).then_some(kin)
}

pub(super) fn insurance(in1: &Segment<'_>) -> Insurance {
    in1.skip(&[1]);
    Insurance {
        plan: in1.cwe(2),
        insurer_number: in1.id_of(3),
        insurer_name: in1.id_of(4),
        numbers: in1.ids_of(10).into_iter().chain(in1.ids_of(11)).collect(),
        from: in1.ts(12),
        to: in1.ts(13),
        plan_type: in1.id_of(15),
        relationship: in1.cwe(17),
    }
}

fn add_observation(basics: &mut Basics, obx: &Segment<'_>) {
    // Deleted or posted as wrong: its fields stay named as unused.
    if matches!(obx.id_of(11).as_deref(), Some("D" | "W")) {
        return;
    }
    let Some(item) = obx.cwe(3) else { return };
    match analyte(&item) {
        Some("5H010") => basics.blood_abo.extend(blood_type(obx, "ADT-00", basics.updated_at)),
        Some("5H020") => basics.blood_rh.extend(blood_type(obx, "ADT-00", basics.updated_at)),
        // An old sample codes the weight as 9N001, so the text is looked at too.
        Some("9N001") if !item.display().contains("体重") => basics.height = measurement(obx, basics.updated_at),
        Some("9N006" | "9N001") => basics.weight = measurement(obx, basics.updated_at),
        _ => {}
    }
}

/// The first five characters of a JLAC10 code: what is measured.
pub(super) fn analyte(item: &Coded) -> Option<&str> {
    let code = item.code_in(|s| s.trim() == "JC10").or_else(|| item.code_in(|_| true))?;
    code.get(..5)
}

fn measurement(obx: &Segment<'_>, updated_at: Option<Timestamp>) -> Option<Measurement> {
    obx.skip(&[1, 2]);
    let value = obx.st(5)?;
    if value.trim().parse::<f64>().is_err() {
        obx.note(Code::NotANumber, 5);
    }
    let observed = obx.ts(14);
    let at_from = if observed.is_some() { "OBX-14" } else { "PID-33" };
    let at = observed.or(updated_at);
    Some(Measurement {
        quantity: Quantity { value, unit: obx.cwe(6) },
        at,
        at_from: at.map(|_| at_from.to_compact_string()),
        result_status: obx.id_of(11),
    })
}

/// A blood group out of an OBX. One sender exchanges code and text of Rh.
pub(super) fn blood_type(obx: &Segment<'_>, source: &str, at: Option<Timestamp>) -> Option<BloodType> {
    obx.skip(&[1, 2]);
    let sent = match obx.raw(5).contains(obx.delimiters().component) {
        true => obx.cwe(5)?,
        false => Arc::new(Coded::of_code(obx.st(5)?.trim())),
    };
    let value = canonical(&sent.code).or_else(|| canonical(&sent.text));
    if canonical(&sent.code).is_some_and(|v| v != &*sent.code) && &*sent.text == "+" {
        obx.note(Code::BloodTypeSwapped, 5);
    }
    let value = Text::from(value.unwrap_or_else(|| sent.display()));
    let at = obx.ts(14).or(at);
    Some(BloodType { value, sent, source: source.to_compact_string(), at, result_status: obx.id_of(11) })
}

impl BloodType {
    /// Whether it says a group at all: a remark in its place (`オモテウラ一致`, `検体不足`) does not, and `U` says that it
    /// is unknown.
    pub fn names_group(&self) -> bool {
        let is_sign = |c: char| matches!(c, 'A' | 'B' | 'O' | 'D' | '+' | '-' | '陽' | '陰');
        &*self.sent.code != "U" && folded(&self.value).contains(is_sign)
    }
}

fn folded(text: &str) -> String {
    let folded: String = text.chars().map(crate::types::half_width).filter(|c| !c.is_whitespace()).collect();
    folded.to_ascii_uppercase()
}

fn canonical(text: &str) -> Option<&'static str> {
    let folded = folded(text);
    match folded.trim_end_matches('型') {
        "A" => Some("A"),
        "B" => Some("B"),
        "O" => Some("O"),
        "AB" => Some("AB"),
        "+" | "RH+" | "RH(+)" | "RHD+" | "(+)" | "陽性" | "RH陽性" | "POS" => Some("+"),
        "-" | "RH-" | "RH(-)" | "RHD-" | "(-)" | "陰性" | "RH陰性" | "NEG" => Some("-"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::tests::entries;

    #[test]
    fn a_whole_patient() {
        let (e, codes) = entries(
            "ADT-00",
            &[
                "EVN||20111220",
                "PID|0001||9||山田^花子^^^^L^I~ヤマダ^ハナコ^^^^^L^P||19480405|F|||^^^^422-8033^JPN^H^静岡県静岡市１−３||^PRN^PH^^^^^^^^^054-000-0000~0335068010|||||||||||||||||||20111219121551",
                "NK1|1|山田^花子|SEL^本人^HL70063",
                "NK1|2|山田^次郎|SPO^配偶者^HL70063||090-1",
                "OBX|1|NM|9N001000000000001^身長^JC10||167.8|cm^cm^ISO+|||||F",
                "OBX|2|NM|9N001000000000001^体重^JC10||63.5|kg^kg^ISO+|||||F",
                "OBX|3|CWE|5H010000009199911^ABO^JC10||A^A^JSHR002||||||F",
                "OBX|4|CWE|5H020000001999911^Rh^JC10||Rh+^+^JSHR002||||||F",
            ],
        );
        let b = e.basics.expect("basics");
        assert_eq!((b.name.kanji.as_deref(), b.name.kana.as_deref()), (Some("山田 花子"), Some("ヤマダ ハナコ")));
        assert_eq!((b.blood_abo[0].value.as_str(), b.blood_rh[0].value.as_str()), ("A", "+"));
        assert_eq!(b.height.map(|h| h.quantity.display()).as_deref(), Some("167.8cm"));
        assert_eq!(b.weight.as_ref().map(|h| h.quantity.display()).as_deref(), Some("63.5kg"));
        assert_eq!(b.weight.and_then(|w| w.at_from).as_deref(), Some("PID-33"));
        assert_eq!(b.next_of_kin.len(), 1);
        assert_eq!(b.addresses[0].text, "静岡県静岡市１−３");
        assert_eq!(b.phones.iter().map(|p| p.number.as_str()).collect::<Vec<_>>(), ["054-000-0000", "0335068010"]);
        assert_eq!(codes, [Code::NameMarkerShifted, Code::UpdateTimeShifted, Code::BloodTypeSwapped]);
    }
}
