//! Messages that feed no section of their own: planned movements, outpatient
//! visits, diet, radiology, endoscopy, physiology, lab orders, vitals and
//! documents. Kept with date, kind, title and order number.

use super::administrations::{AdministeredDrug, Administration};
use super::examinations::examinations;
use super::observations::{self, Observation};
use super::orders::blocks;
use super::{Context, Elsewhere, administrations, department};
use crate::kind::DataType;
use crate::message::{Message, Segment};
use crate::storage::Kind;
use crate::types::{Coded, Person, Text, Timestamp};
use compact_str::ToCompactString;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One line of such an entry: an examination, a meal, a drug given.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OtherItem {
    /// What it is.
    pub title: Text,
    /// The code behind the title, for rules that name codes.
    #[serde(skip)]
    pub code: Option<Arc<Coded>>,
    /// The department of its own order, for rules that name departments.
    #[serde(skip)]
    pub department: Option<Arc<Coded>>,
    /// ORC-2 or OBR-2.
    pub order_number: Option<Text>,
    /// ORC-1.
    pub control: Option<Text>,
    /// When it is planned or was done.
    pub at: Option<Timestamp>,
    /// Its end.
    pub end: Option<Timestamp>,
    /// Free text beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Text>,
    /// OBX rows that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Observation>,
    /// OMP-11: the drug as given, with its order and route.
    pub administration: Option<Box<Administration>>,
}

/// One message or document.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Other {
    /// Data type folder, `OMG-01`, or the local code of a document type.
    pub kind: Text,
    /// Its Japanese name.
    pub kind_label: Text,
    /// What it is about.
    pub title: Text,
    /// The first order number.
    pub order_number: Option<Text>,
    /// ORC-1 of the first order.
    pub control: Option<Text>,
    /// When: of the event, the order or the examination.
    pub at: Option<Timestamp>,
    /// ORC-17, PV1-10, PV1-3, file name.
    pub department: Option<Arc<Coded>>,
    /// ORC-12, OBR-16 or PV1-7.
    pub doctor: Option<Arc<Person>>,
    /// The lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OtherItem>,
    /// It takes back what it names.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Departments beside that one, for rules that name departments.
    #[serde(skip)]
    pub elsewhere: Option<Arc<Elsewhere>>,
}

/// Reads a message of one of the standard kinds.
pub(super) fn read<'m>(message: &'m Message<'m>, context: Context<'m>, kind: DataType) -> Other {
    let items = match kind {
        DataType::Omp11 => administered(message, context),
        DataType::Omd => blocks(message).iter().map(|b| meal(b)).collect(),
        DataType::Oml01 | DataType::Oml11 => examinations(message, false),
        _ if kind.folder().starts_with("OMG") => examinations(message, true),
        _ => vec![movement(message, kind)],
    };
    let orc = message.first("ORC");
    let first = |f: fn(&OtherItem) -> Option<Text>| items.iter().find_map(f);
    let titles: Vec<&str> = items.iter().map(|i| i.title.as_str()).filter(|t| !t.is_empty()).collect();
    Other {
        kind: kind.folder().to_compact_string(),
        kind_label: kind.label().to_compact_string(),
        title: titles.join("、").into(),
        order_number: first(|i| i.order_number.clone())
            .or_else(|| context.name.has_order_number().then(|| context.name.order.clone())),
        control: first(|i| i.control.clone()),
        at: items.iter().find_map(|i| i.at).or_else(|| context.name.date().map(Timestamp::day)),
        elsewhere: elsewhere(message, context),
        department: orc.and_then(|s| s.cwe(17)).or_else(|| department(message, context)),
        doctor: doctor(message),
        items,
        cancelled: false,
    }
}

/// A cancel event that lies in a file with flag 1.
pub(super) fn cancellation<'m>(message: &'m Message<'m>, context: Context<'m>) -> Other {
    let Some(kind) = context.kind.standard() else {
        return document(Some(message), context);
    };
    let mut other = read(message, context, kind);
    other.kind_label.push_str("の取消");
    other.cancelled = true;
    other
}

/// A document of the extended storage; `message` when it is HL7 (vitals).
pub(super) fn document(message: Option<&Message<'_>>, context: Context<'_>) -> Other {
    let Kind::Extended(parts) = context.kind else {
        return Other::default();
    };
    let first_of = |indices: [usize; 4]| indices.into_iter().map(|i| parts[i].as_str()).find(|p| !p.is_empty());
    let title = first_of([4, 1, 3, 0]).unwrap_or_default().to_compact_string();
    let results = message.map(observations::all).unwrap_or_default();
    let at = results.iter().find_map(|r| r.observed_at).or_else(|| context.name.date().map(Timestamp::day));
    let items = if results.is_empty() {
        vec![]
    } else {
        vec![OtherItem { title: title.clone(), at, results, ..OtherItem::default() }]
    };
    Other {
        kind: first_of([0, 3, 1, 4]).unwrap_or_default().to_compact_string(),
        kind_label: title.clone(),
        title,
        order_number: Some(context.name.order.clone()),
        at,
        department: match message {
            Some(message) => department(message, context),
            None => context
                .name
                .department
                .as_deref()
                .map(|d| Arc::new(Coded { code: d.into(), system: "HL70069".into(), ..Coded::default() })),
        },
        doctor: message.and_then(doctor),
        elsewhere: message.and_then(|message| elsewhere(message, context)),
        items,
        ..Other::default()
    }
}

/// Of all its orders: the message is one entry.
fn elsewhere(message: &Message<'_>, context: Context<'_>) -> Option<Arc<Elsewhere>> {
    let has_name_only = |orc: &Segment<'_>| orc.peek_cwe(17).is_some_and(|department| !department.has_code());
    let mut all = Elsewhere::default().and(message.segments());
    if message.all("ORC").any(|orc| has_name_only(&orc)) {
        all.departments.extend(department(message, context));
    }
    all.shared()
}

fn doctor(message: &Message<'_>) -> Option<Arc<Person>> {
    let from_order = message.first("ORC").and_then(|s| s.xcn(12));
    let from_request = || message.first("OBR").and_then(|s| s.xcn(16));
    let attending = || message.first("PV1").and_then(|s| s.xcn(7));
    from_order.or_else(from_request).or_else(attending)
}

/// Outpatient visits, planned movements, leaves, changes of the attending doctor.
fn movement(message: &Message<'_>, kind: DataType) -> OtherItem {
    let (evn, pv1, pv2) = (message.first("EVN"), message.first("PV1"), message.first("PV2"));
    let happened = || evn.and_then(|s| s.ts(6));
    let planned_in = || pv2.and_then(|s| s.ts(8));
    let at = match kind {
        DataType::Adt12 => pv1.and_then(|s| s.ts(44)),
        DataType::Adt21 => planned_in(),
        DataType::Adt41 => planned_in().or_else(happened),
        DataType::Adt51 => pv2.and_then(|s| s.ts(9)),
        _ => happened(),
    };
    let (to, from) = (pv1.and_then(|s| s.place(3)), pv1.and_then(|s| s.place(6)));
    let to = to.map(|p| p.display()).unwrap_or_default();
    let from = from.map(|p| p.display()).filter(|p| !p.is_empty());
    let title = from.map_or(to.clone(), |from| format!("{from} → {to}"));
    OtherItem {
        title: title.into(),
        at: at.or_else(happened),
        // PV2-47: when the patient means to be back from a leave.
        end: pv2.and_then(|s| s.ts(47)),
        notes: evn.and_then(|s| s.cwe(4)).iter().map(|c| c.display().to_compact_string()).collect(),
        ..OtherItem::default()
    }
}

fn meal(block: &[Segment<'_>]) -> OtherItem {
    let find = |id: &str| block.iter().copied().find(|s| s.id() == id);
    let (tq1, orc) = (find("TQ1"), block[0]);
    let mut titles = Vec::new();
    let mut notes = Vec::new();
    for ods in block.iter().filter(|s| s.id() == "ODS") {
        titles.extend(ods.cwes(3).iter().map(|c| c.display().to_compact_string()));
        notes.extend(ods.cwes(2).iter().map(|c| c.display().to_compact_string()));
        notes.extend(ods.sts(4));
    }
    notes.extend(tq1.iter().flat_map(|s| s.rpts(3)).map(|c| c.display().to_compact_string()));
    notes.extend(block.iter().filter(|s| s.id() == "NTE").flat_map(|s| s.sts(3)));
    OtherItem {
        title: titles.join("・").into(),
        department: orc.cwe(17),
        order_number: orc.id_of(2),
        control: orc.id_of(1),
        at: tq1.and_then(|s| s.ts(7)).or_else(|| orc.ts(9)),
        end: tq1.and_then(|s| s.ts(8)),
        notes,
        ..OtherItem::default()
    }
}

fn administered<'m>(message: &'m Message<'m>, context: Context<'m>) -> Vec<OtherItem> {
    let groups = administrations::read(message, context);
    groups
        .into_iter()
        .flat_map(|mut group| std::mem::take(&mut group.drugs).into_iter().map(move |d| given(&group, d)))
        .collect()
}

/// One drug of a group; `group` holds what all its drugs share.
fn given(group: &Administration, drug: AdministeredDrug) -> OtherItem {
    let name = drug.drug.as_ref().map(|d| d.display()).unwrap_or_default();
    let amount = drug.amount.as_ref().map(|a| a.display()).unwrap_or_default();
    OtherItem {
        title: format!("{name} {amount}").trim().to_compact_string(),
        code: drug.drug.clone(),
        order_number: group.order.number.clone(),
        control: group.order.control.clone(),
        at: drug.start,
        end: drug.end,
        // Whether it was given at all must never part from the drug's name.
        notes: [&drug.completion, &drug.action].into_iter().flatten().cloned().collect(),
        administration: Some(Box::new(Administration { drugs: vec![drug], ..group.clone() })),
        ..OtherItem::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;
    use crate::diagnostic::Code;

    #[test]
    fn a_cancel_event_in_a_current_file_is_no_admission() {
        let (e, codes) = entries("ADT-22", &["EVN|A11", "PID|1||1", "PV1|1|I|32^302"]);
        assert!(e.movement.is_some() && codes.is_empty());
        let bytes = "MSH|^~\\&|H|S|||20110701||ADT^A11|1|P|2.5\rPID|1||1\rPV1|1|I|32^302\r";
        let cache = Default::default();
        let file = crate::message::File::decode(bytes.as_bytes(), 1);
        let message = &file.messages(1, &cache)[0];
        let kind = crate::storage::Kind::Standard(crate::DataType::Adt22);
        let name =
            crate::storage::FileName::parse("1_20110701_ADT-22_999999999999999_20110701000000000_01_1").expect("name");
        let e = crate::clinical::read(message, crate::clinical::Context { kind: &kind, name: &name });
        assert!(e.movement.is_none() && e.other.is_some_and(|o| o.cancelled));
        assert_eq!(message.take_diagnostics()[0].code, Code::CancelInCurrentFile);
    }

    #[test]
    fn an_outpatient_visit_is_no_admission_whatever_msh_9_says() {
        let (e, _) =
            entries("ADT-12", &["PID|1||1", "PV1|1|O|01^^^^^C|||||||01||||||||||||||||||||||||||||||||||202406130707"]);
        assert!(e.movement.is_none());
        assert_eq!(e.other.expect("a visit").at.map(|t| t.to_string()).as_deref(), Some("2024-06-13T07:07"));
    }
}
