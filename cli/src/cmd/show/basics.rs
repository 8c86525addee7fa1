//! 患者基本情報, as a form.

use super::entry::{self, Facts};
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::table::Row;
use crate::words::record::label;
use mykarte::record::labels::Language;
use mykarte::record::tables::Table;
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::{Basics, BloodType, Insurance, Measurement, NextOfKin};
use mykarte::ssmix2::types::{Address, Phone};

/// One ADT-00.
pub fn row(e: &Entry<Basics>, language: Language) -> Row {
    let field = |key| entry::field(Section::Basics, key, language);
    let b = &e.body;
    let name = b.name.kanji.clone().or(b.name.kana.clone()).unwrap_or_default();
    let kana = b.name.kana.clone().filter(|k| *k != name).map(|k| format!("（{k}）")).unwrap_or_default();
    let cells = vec![
        entry::date(e, language),
        entry::status(e.status, language),
        Line::new().bold(name).plain(kana),
        entry::row_marks(e, language),
    ];
    let mut form = Form::default();
    form.add(field("birth_date"), b.birth_date.as_ref().map(birth));
    form.add(field("sex"), b.sex.as_deref().map(|s| label(Table::Sex0001, s, language)));
    form.add(field("blood_abo"), blood(&b.blood_abo));
    form.add(field("blood_rh"), blood(&b.blood_rh));
    form.add(field("height"), b.height.as_ref().map(measure));
    form.add(field("weight"), b.weight.as_ref().map(measure));
    b.addresses.iter().for_each(|a| form.add(field("addresses"), Some(address(a, language))));
    b.phones.iter().for_each(|p| form.add(field("phones"), Some(phone(p, language))));
    b.next_of_kin.iter().for_each(|k| form.add(field("next_of_kin"), Some(kin(k, language))));
    form.add(field("attending_doctor"), entry::person(&b.attending_doctor));
    form.add(field("patient_class"), b.patient_class.as_deref().map(|c| label(Table::PatientClass0004, c, language)));
    form.add(field("place"), b.place.as_ref().map(|p| p.display()));
    form.add(field("disability"), b.disability.as_deref().map(|d| label(Table::YesNo0136, d, language)));
    b.insurances.iter().for_each(|i| form.add(field("insurances"), Some(insurance(i, language))));
    form.add(field("death"), b.death.clone());
    form.add(field("updated_at"), b.updated_at.as_ref().map(dates::time));
    Row { cells, details: form.0, ..Row::default() }
}

/// `1948-04-05（昭和23年4月5日）`.
pub fn birth(t: &mykarte::ssmix2::types::Timestamp) -> String {
    let japanese = dates::japanese(t).map(|j| format!("（{j}）")).unwrap_or_default();
    format!("{}{japanese}", dates::day(t))
}

/// Every blood type that some source states, each with its source; none is chosen.
pub fn blood(types: &[BloodType]) -> Option<String> {
    let mut values: Vec<&str> = types.iter().map(|t| t.value.as_str()).collect();
    values.dedup();
    let one = |t: &BloodType| {
        let at = t.at.as_ref().map(|at| format!(" {}", dates::day(at))).unwrap_or_default();
        format!("{}（{}{at}）", t.value, t.source)
    };
    let texts: Vec<String> = types.iter().map(one).collect();
    (!texts.is_empty()).then(|| texts.join("、"))
}

/// `167.8 cm（2011-12-20）`.
pub fn measure(m: &Measurement) -> String {
    let at = m.at.as_ref().map(|at| format!("（{}）", dates::day(at))).unwrap_or_default();
    format!("{}{at}", entry::amount_of(&m.quantity))
}

fn address(a: &Address, language: Language) -> String {
    let code = a.postal_code.as_ref().map(|p| format!("〒{p} ")).unwrap_or_default();
    let kind = a.kind.as_deref().map(|k| format!("（{}）", label(Table::AddressType0190, k, language)));
    format!("{code}{}{}", a.text, kind.unwrap_or_default())
}

fn phone(p: &Phone, language: Language) -> String {
    let kind = p.use_code.as_deref().map(|k| format!("（{}）", label(Table::PhoneUse0201, k, language)));
    format!("{}{}", p.number, kind.unwrap_or_default())
}

fn kin(k: &NextOfKin, language: Language) -> String {
    let mut facts = vec![k.name.kanji.as_deref().or(k.name.kana.as_deref()).unwrap_or_default().to_string()];
    facts.extend(entry::code(&k.relationship).map(|r| format!("（{r}）")));
    facts.extend(k.phones.iter().map(|p| phone(p, language)));
    facts.extend(k.addresses.iter().map(|a| address(a, language)));
    facts.join(" ")
}

fn insurance(i: &Insurance, language: Language) -> String {
    let mut facts = Facts::default();
    facts
        .add("", entry::code(&i.plan))
        .add("", i.insurer_name.clone())
        .add(language.pick("保険者", "insurer"), i.insurer_number.clone())
        .add(language.pick("記号・番号", "number"), Some(i.numbers.join(" ")).filter(|n| !n.is_empty()))
        .add("", Some(dates::period(i.from.as_ref(), i.to.as_ref())));
    let lines: Vec<String> = facts.finish().iter().map(|l| l.render(false)).collect();
    lines.join(" ")
}

/// Labels of one width with their values.
#[derive(Default)]
struct Form(Vec<Line>);

/// The widest label and a gap.
const LABELS: usize = 14;

impl Form {
    fn add(&mut self, label: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value.filter(|v| !v.as_ref().is_empty()) {
            self.0.push(Line::new().styled(Style::Dim, label).pad(LABELS).plain(value));
        }
    }
}
