//! OML-11, OUL^R22: laboratory results.
//!
//! SPM opens a specimen, OBR a test group, OBX is one value. Orders write
//! SPM ORC OBR, results SPM OBR ORC: an ORC behind an OBR belongs to it, one in
//! front of an OBR opens it.

use super::Context;
use super::basics::{BloodType, analyte, blood_type};
use super::microbiology::{self, Microbiology};
use super::orders::{Order, OrderDefaults};
use crate::diagnostic::Code;
use crate::message::{Message, Segment};
use crate::types::{Coded, Text, Timestamp, shared};
use serde::{Deserialize, Serialize, Serializer};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// What all values of one test group share.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabContext {
    /// SPM-4.
    pub specimen: Option<Arc<Coded>>,
    /// SPM-2.1, else SPM-2.2.
    pub specimen_id: Option<Text>,
    /// SPM-8.
    pub specimen_site: Option<Arc<Coded>>,
    /// SPM-17.1, else OBR-7.
    pub collected_at: Option<Timestamp>,
    /// `collected_at` is OBR-7: a value's own OBX-14 says more.
    #[serde(skip)]
    pub is_from_request: bool,
    /// SPM-17.2.
    pub collected_until: Option<Timestamp>,
    /// OBR-4: the heading the laboratory uses; says nothing about the category.
    pub panel: Option<Arc<Coded>>,
    /// OBR-22.
    pub reported_at: Option<Timestamp>,
    /// OBR-25 (0123).
    pub report_status: Option<Text>,
    /// OBR-13.
    pub clinical_info: Option<Text>,
    /// ORC, with OBR-2, OBR-3 and OBR-16 where it is silent.
    pub order: Order,
    /// NTE behind the OBR.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Text>,
    /// OBR-26.3: the organism a susceptibility belongs to.
    pub parent_organism: Option<Text>,
    /// OBR-26.1: the item of the row that names it.
    #[serde(skip)]
    pub parent_item: Option<Text>,
    /// OBR-26.2.
    pub parent_sub_id: Option<Text>,
}

/// One value.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lab {
    /// Segment number of the OBX.
    #[serde(skip)]
    pub segment: u32,
    /// OBX-3.
    pub item: Arc<Coded>,
    /// OBX-5 exactly as sent, leading blanks too; absent when nothing was sent.
    pub value: Option<Text>,
    /// OBX-5 when it is a coded value.
    pub value_code: Option<Arc<Coded>>,
    /// OBX-6.
    pub unit: Option<Arc<Coded>>,
    /// OBX-8 (0078): H, L ... exactly as sent.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub flags: Vec<Text>,
    /// OBX-7 exactly as sent.
    pub reference_range: Option<Text>,
    /// OBX-11 (0085).
    pub result_status: Option<Text>,
    /// OBX-2.
    pub value_type: Option<Text>,
    /// OBX-4.
    pub sub_id: Option<Text>,
    /// OBX-14.
    pub observed_at: Option<Timestamp>,
    /// NTE behind the OBX.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub comments: Vec<Text>,
    /// Organism, amount and susceptibility keep together.
    pub microbiology: Option<Box<Microbiology>>,
    /// A later row of its group replaces it; set by who reads all rows of a file.
    #[serde(skip)]
    pub replaced: bool,
    /// A blood group, if the value is one.
    #[serde(skip)]
    pub blood: Option<Box<BloodType>>,
    /// What the test group shares.
    #[serde(serialize_with = "shared_group")]
    pub group: Arc<LabContext>,
}

/// All values of a group lie behind one `Arc`, so it is written once.
fn shared_group<S: Serializer>(group: &Arc<LabContext>, serializer: S) -> Result<S::Ok, S::Error> {
    shared::serialize(&**group, serializer, &**group)
}

impl Lab {
    /// When the specimen was taken: SPM-17, else OBX-14, else OBR-7.
    pub fn collected_at(&self) -> Option<Timestamp> {
        match self.group.is_from_request {
            true => self.observed_at.or(self.group.collected_at),
            false => self.group.collected_at.or(self.observed_at),
        }
    }
}

/// Reads every OBX that is a result, and the groups without any, for rules that name items.
pub(super) fn read<'m>(message: &'m Message<'m>, context: Context<'m>) -> (Vec<Lab>, Vec<LabContext>) {
    let mut reader = Reader::new(OrderDefaults::of(message, context));
    reader.labs.reserve_exact(message.all("OBX").count());
    for segment in message.segments() {
        reader.take(&segment);
    }
    reader.close_group();
    reader.close_specimen();
    (reader.labs, reader.empty)
}

struct Reader<'m> {
    defaults: OrderDefaults<'m>,
    /// What the specimen says; copied into each test group.
    specimen: LabContext,
    pending_order: Option<Order>,
    group: Option<LabContext>,
    /// The request of the group: asked only for what its ORC leaves out.
    request: Option<Segment<'m>>,
    /// The group as the values see it, made at its first value.
    shared: Option<Arc<LabContext>>,
    report_comments: Vec<Text>,
    /// The JLAC10 category that the group's heading names.
    heading: Option<u8>,
    labs: Vec<Lab>,
    /// Groups without a value.
    empty: Vec<LabContext>,
    /// Where the values of this specimen begin in `labs`.
    specimen_start: usize,
    last: Last,
}

/// What a comment belongs to.
#[derive(PartialEq)]
enum Last {
    Group,
    Value,
    LeftOut,
}

impl<'m> Reader<'m> {
    fn new(defaults: OrderDefaults<'m>) -> Reader<'m> {
        Reader {
            defaults,
            specimen: LabContext::default(),
            pending_order: None,
            group: None,
            request: None,
            shared: None,
            report_comments: Vec::new(),
            heading: None,
            labs: Vec::new(),
            empty: Vec::new(),
            specimen_start: 0,
            last: Last::Group,
        }
    }

    fn take(&mut self, segment: &Segment<'m>) {
        match segment.id() {
            "SPM" => {
                self.close_group();
                let specimen = specimen(segment);
                if !is_same_specimen(&self.specimen, &specimen) {
                    self.close_specimen();
                }
                (self.specimen, self.request) = (specimen, None);
                (self.group, self.shared, self.pending_order, self.last) = (None, None, None, Last::Group);
                self.heading = None;
            }
            "OBR" => self.open_group(segment),
            "ORC" => self.order(segment),
            "NTE" => self.comment(segment),
            "OBX" => self.value(segment),
            _ => {}
        }
    }

    fn close_group(&mut self) {
        if let (Some(mut group), None) = (self.group.take(), self.shared.take()) {
            let number = || self.request.and_then(|obr| obr.peek_cwe(2));
            group.order.number = group.order.number.or_else(|| Some(Text::from(&*number()?.code)));
            self.empty.push(group);
        }
    }

    fn close_specimen(&mut self) {
        microbiology::bind(&mut self.labs[self.specimen_start..]);
        self.specimen_start = self.labs.len();
    }

    fn open_group(&mut self, obr: &Segment<'m>) {
        obr.skip(&[1]);
        self.close_group();
        let mut group = self.specimen.clone();
        group.order = self.pending_order.take().unwrap_or_default();
        group.panel = obr.cwe(4);
        self.heading = group.panel.as_deref().and_then(|p| category_named(p.display()));
        group.is_from_request = group.collected_at.is_none();
        group.collected_at = group.collected_at.or_else(|| obr.ts(7));
        group.collected_until = group.collected_until.or_else(|| obr.ts(8));
        group.reported_at = obr.ts(22);
        group.report_status = obr.id_of(25);
        group.clinical_info = obr.st(13);
        group.parent_item = obr.component(26, 1);
        group.parent_sub_id = obr.component(26, 2);
        group.parent_organism = obr.component(26, 3);
        group.comments = self.report_comments.clone();
        (self.group, self.request, self.shared, self.last) = (Some(group), Some(*obr), None, Last::Group);
    }

    fn order(&mut self, orc: &Segment<'m>) {
        let order = self.defaults.order(&[*orc]);
        match &mut self.group {
            // Behind an OBR that has none yet: it is this OBR's.
            Some(group) if self.shared.is_none() && group.order.control.is_none() => group.order = order,
            _ => self.pending_order = Some(order),
        }
    }

    fn comment(&mut self, nte: &Segment<'_>) {
        // The comment of a row that was left out stays unread, and so named in the report.
        if self.last == Last::LeftOut {
            return;
        }
        let lines = nte.sts(3);
        match (&mut self.group, self.labs.last_mut()) {
            (_, Some(lab)) if self.last == Last::Value => lab.comments.extend(lines),
            (Some(group), _) => group.comments.extend(lines),
            // A comment before the first specimen speaks of the whole report.
            (None, _) => self.report_comments.extend(lines),
        }
    }

    fn value(&mut self, obx: &Segment<'_>) {
        // A comment behind this row is this row's, even when the row is left out.
        self.last = Last::LeftOut;
        let Some(item) = obx.cwe(3) else { return };
        // O is a line of the order, not a result.
        if obx.id_of(11).as_deref() == Some("O") {
            return;
        }
        let group = self.group.get_or_insert_with(|| self.specimen.clone());
        let shared = self.shared.get_or_insert_with(|| {
            let mut group = group.clone();
            let order = &mut group.order;
            order.department = order.department.take().or_else(|| self.defaults.order_department());
            order.elsewhere = order.elsewhere.take().or_else(|| self.defaults.elsewhere());
            if let Some(obr) = self.request {
                order.number = order.number.take().or_else(|| obr.id_of(2));
                order.filler_number = order.filler_number.take().or_else(|| obr.id_of(3));
                order.orderer = order.orderer.take().or_else(|| obr.xcn(16));
            }
            Arc::new(group)
        });
        let lab = lab(obx, item, Arc::clone(shared));
        check(obx, &lab, self.heading);
        self.labs.push(lab);
        self.last = Last::Value;
    }
}

fn specimen(spm: &Segment<'_>) -> LabContext {
    spm.skip(&[1]);
    LabContext {
        specimen: spm.cwe(4),
        specimen_id: spm.id_of(2).or_else(|| spm.component(2, 2)),
        specimen_site: spm.cwe(8),
        collected_at: spm.ts_component(17, 1),
        collected_until: spm.ts_component(17, 2),
        ..LabContext::default()
    }
}

/// Some senders repeat the SPM before each OBR.
fn is_same_specimen(a: &LabContext, b: &LabContext) -> bool {
    let key = |c: &LabContext| (c.specimen_id.clone(), c.specimen.clone(), c.specimen_site.clone(), c.collected_at);
    a.specimen_id.is_some() && key(a) == key(b)
}

fn lab(obx: &Segment<'_>, item: Arc<Coded>, group: Arc<LabContext>) -> Lab {
    obx.skip(&[1]);
    let value_type = obx.id_of(2);
    let is_coded = matches!(value_type.as_deref(), Some("CWE" | "CE" | "CNE"));
    let codes = if is_coded { obx.cwes(5) } else { Vec::new() };
    let value = match codes.is_empty() {
        true => text_value(obx),
        false => Some(codes.iter().map(|c| c.display()).collect::<Vec<_>>().join("\n").into()),
    };
    let blood = match analyte(&item) {
        Some("5H010" | "5H020") => {
            // A remark in place of the group is a result like others.
            blood_type(obx, "OML-11", group.collected_at).filter(BloodType::names_group).map(Box::new)
        }
        _ => None,
    };
    Lab {
        segment: obx.number(),
        item,
        value,
        value_code: codes.into_iter().next(),
        unit: obx.cwe(6),
        flags: obx.ids_of(8),
        reference_range: obx.st(7),
        result_status: obx.id_of(11),
        value_type,
        sub_id: obx.id_of(4),
        observed_at: obx.ts(14),
        comments: Vec::new(),
        microbiology: None,
        replaced: false,
        blood,
        group,
    }
}

/// OBX-5 as text; repetitions below each other.
fn text_value(obx: &Segment<'_>) -> Option<Text> {
    if !obx.raw(5).contains(obx.delimiters().repetition) {
        return obx.st(5);
    }
    Some(Text::from(obx.sts(5).join("\n"))).filter(|v| !v.is_empty())
}

fn check(obx: &Segment<'_>, lab: &Lab, heading: Option<u8>) {
    if lab.value_type.as_deref() == Some("NM") && lab.value.as_deref().is_some_and(|v| v.trim().parse::<f64>().is_err())
    {
        obx.note(Code::NotANumber, 5);
    }
    let own = jlac10(&lab.item).and_then(|code| code.bytes().next());
    if heading.is_some() && own.is_some_and(|b| b.is_ascii_digit()) && heading != own {
        obx.note(Code::HeadingContradictsItems, 3);
    }
}

/// The JLAC10 code of an item in whichever triple it stands.
pub(super) fn jlac10(item: &Coded) -> Option<&str> {
    item.code_in(|system| system == "JC10")
}

/// First digit of the JLAC10 category that a heading names.
fn category_named(heading: &str) -> Option<u8> {
    const NAMES: &[(&str, u8)] = &[
        ("一般検査", b'1'),
        ("血液学的検査", b'2'),
        ("生化学的検査", b'3'),
        ("内分泌学的検査", b'4'),
        ("免疫学的検査", b'5'),
        ("微生物学的検査", b'6'),
    ];
    NAMES.iter().find(|(name, _)| heading.contains(name)).map(|(_, digit)| *digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical::tests::entries;

    #[test]
    fn a_comment_of_a_row_left_out_goes_to_no_other() {
        let (e, _) = entries(
            "OML-11",
            &[
                "PID|1||1",
                "SPM|1|77||023^血清^JC10",
                "OBR|1|5||E001^生化学的検査^99O03",
                "OBX|1|NM|3A010000002327101^総蛋白^JC10||||||||O",
                "NTE|1||検体不足",
                "OBX|2|NM|3A016000002327102^A/G比^JC10||1.7||||||F",
                "NTE|1||再検済",
                "OBX|3|NM|||9||||||F",
                "NTE|1||項目なし",
            ],
        );
        assert_eq!(e.labs.len(), 1);
        assert_eq!(e.labs[0].comments, ["再検済"]);
        assert!(e.labs[0].group.comments.is_empty());
    }

    #[test]
    fn values_with_their_group() {
        let (e, codes) = entries(
            "OML-11",
            &[
                "NTE|1||全体コメント",
                "PID|1||1",
                "SPM|1|77||023^血清^JC10|||||||||||||201112191500",
                "OBR|1|5|77|E001^血液学的検査^99O03|||20111219|20111219||||||||607^医師一郎||||||20111220103059",
                "ORC|SC|5|77||CM||||20111220103059|||607^医師^一郎|||||01^内科^99XY1",
                "OBX|1|NM|3A016000002327102^A/G比^JC10||1.7||1.2-2.0||||F|||201112191500",
                "NTE|1||再検済",
                "OBX|2|ST|5C070000002306201^CRP^JC10||  -|mg/dL^mg/dL^99|<0.3|H~A|||P",
                "OBX|3||3A010000002327101^総蛋白^JC10||||||||O",
                "OBX|4|NM|3A010000002327101^総蛋白^JC10||溶血||||||F",
            ],
        );
        let [ag, crp, tp] = &e.labs[..] else { panic!("three values") };
        assert_eq!((ag.value.as_deref(), ag.reference_range.as_deref()), (Some("1.7"), Some("1.2-2.0")));
        assert_eq!(ag.comments, ["再検済"]);
        assert_eq!(ag.group.comments, ["全体コメント"]);
        assert_eq!(ag.collected_at().map(|t| t.to_string()).as_deref(), Some("2011-12-19T15:00"));
        assert_eq!(ag.group.order.orderer.as_ref().map(|o| o.name.as_str()), Some("医師 一郎"));
        // Blanks in front of an ST value carry meaning.
        assert_eq!((crp.value.as_deref(), crp.flags.join(",")), (Some("  -"), "H,A".to_string()));
        assert_eq!(tp.value.as_deref(), Some("溶血"));
        assert!(codes.contains(&Code::NotANumber) && codes.contains(&Code::HeadingContradictsItems));
    }
}
