//! File names: `患者ID_診療日_データ種別_オーダNo_発生日時_診療科コード_フラグ`.
//!
//! Split from the right, because nobody wrote down whether a patient id may
//! hold `_`. Content folders of the extended storage follow the same pattern
//! with a key for the order number, sometimes without the department.

use crate::types::Text;
use chrono::NaiveDate;

/// The condition flag, the last character of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// `0`
    Deleted,
    /// `1`
    Current,
    /// `2`
    Superseded,
}

/// A file name taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName {
    /// Patient id as written.
    pub patient: Text,
    /// Care date as written: eight digits or `-`.
    pub care_date: Text,
    /// Data type as written.
    pub data_type: Text,
    /// Order number, or the specific key of an extended document.
    pub order: Text,
    /// 発生日時 right-padded with zeros to 17 digits, so that it sorts as text.
    pub occurred: Text,
    /// Department, `None` for `-` or none.
    pub department: Option<Text>,
    /// Condition flag.
    pub flag: Flag,
}

/// Why a name is not of the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// Not seven parts with a date and a time.
    Foreign,
    /// Well-formed but for a flag that is not 0, 1 or 2.
    Flag,
}

/// Eight digits or `-`: a folder or name part that is a care date.
pub(super) fn is_care_date(text: &str) -> bool {
    text == "-" || text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())
}

impl FileName {
    /// A file of the standardised storage.
    pub fn parse(name: &str) -> Result<FileName, NameError> {
        let mut right = name.rsplitn(5, '_');
        let [flag, department, occurred, order, left] = std::array::from_fn(|_| right.next().unwrap_or(""));
        let mut parts = left.rsplitn(3, '_');
        let [data_type, care_date, patient] = std::array::from_fn(|_| parts.next().unwrap_or(""));
        FileName::check([patient, care_date, data_type, order, occurred, department, flag])
    }

    /// A content folder (or an old-style file, its extension cut off) of the
    /// extended storage. The data type may hold `^` and `_`, so the date is
    /// looked for from the left and the rest from the right.
    pub fn parse_extended(name: &str) -> Result<FileName, NameError> {
        let (rest, flag) = name.rsplit_once('_').ok_or(NameError::Foreign)?;
        let (mut rest, mut occurred) = rest.rsplit_once('_').ok_or(NameError::Foreign)?;
        let mut department = "-";
        if !is_occurrence(occurred) {
            department = occurred;
            (rest, occurred) = rest.rsplit_once('_').ok_or(NameError::Foreign)?;
        }
        let (left, order) = rest.rsplit_once('_').ok_or(NameError::Foreign)?;
        let parts: Vec<&str> = left.split('_').collect();
        let date = parts.iter().skip(1).position(|p| is_care_date(p)).ok_or(NameError::Foreign)? + 1;
        let (patient, data_type) = (parts[..date].join("_"), parts[date + 1..].join("_"));
        FileName::check([&patient, parts[date], &data_type, order, occurred, department, flag])
    }

    fn check(
        [patient, care_date, data_type, order, occurred, department, flag]: [&str; 7],
    ) -> Result<FileName, NameError> {
        let well_formed = !patient.is_empty()
            && is_care_date(care_date)
            && !data_type.is_empty()
            && !order.is_empty()
            && is_occurrence(occurred);
        if !well_formed {
            return Err(NameError::Foreign);
        }
        let flag = match flag {
            "0" => Flag::Deleted,
            "1" => Flag::Current,
            "2" => Flag::Superseded,
            _ => return Err(NameError::Flag),
        };
        Ok(FileName {
            patient: patient.into(),
            care_date: care_date.into(),
            data_type: data_type.into(),
            order: order.into(),
            occurred: padded(occurred),
            department: Some(department).filter(|d| !d.is_empty() && *d != "-").map(Text::from),
            flag,
        })
    }

    /// The care date as a date; `None` for `-` or a date no calendar has.
    pub fn date(&self) -> Option<NaiveDate> {
        let number = |from, to| self.care_date.get(from..to)?.parse().ok();
        NaiveDate::from_ymd_opt(number(0, 4)? as i32, number(4, 6)?, number(6, 8)?)
    }

    /// Fifteen nines stand for "this data type has no order number".
    pub fn has_order_number(&self) -> bool {
        !self.order.bytes().all(|b| b == b'9') || self.order.len() < 13
    }
}

fn padded(occurred: &str) -> Text {
    let mut occurred = Text::from(occurred);
    (occurred.len()..17).for_each(|_| occurred.push('0'));
    occurred
}

/// Digits as long as a time: 17 by the rule, 14 and 15 in samples.
fn is_occurrence(text: &str) -> bool {
    (12..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_standard_name() {
        let n = FileName::parse("9999013_20110701_OMP-01_000000011000185_20110701224603984_01_1").expect("name");
        assert_eq!((n.patient.as_str(), n.care_date.as_str(), n.data_type.as_str()), ("9999013", "20110701", "OMP-01"));
        assert_eq!((n.order.as_str(), n.department.as_deref(), n.flag), ("000000011000185", Some("01"), Flag::Current));
        assert!(n.has_order_number());
    }

    #[test]
    fn short_times_and_underscores_in_ids() {
        let n = FileName::parse("AB_1_-_ADT-00_999999999999999_200802031630123_-_2").expect("name");
        assert_eq!((n.patient.as_str(), n.occurred.as_str(), n.department), ("AB_1", "20080203163012300", None));
        assert!(!FileName::parse("1_-_ADT-00_999999999999999_20080203163012345_-_1").expect("name").has_order_number());
    }

    #[test]
    fn extended_content_folders() {
        let n = FileName::parse_extended(
            "0123456789_20160101_L-OBSERVATIONS^OBSERVATIONS^99ZL01_000000020160101_201601011500321_1",
        )
        .expect("name");
        assert_eq!(
            (n.order.as_str(), n.department.as_deref(), n.care_date.as_str()),
            ("000000020160101", None, "20160101")
        );
        let n = FileName::parse_extended("01_20160101_^経過_記録^^11506-3^経過記録^LN_K1.2_20160101150032123_05_0")
            .expect("name");
        assert_eq!(n.data_type, "^経過_記録^^11506-3^経過記録^LN");
        assert_eq!((n.department.as_deref(), n.flag), (Some("05"), Flag::Deleted));
    }

    #[test]
    fn foreign_names_are_told_from_bad_flags() {
        for name in
            ["Thumbs.db", ".DS_Store", "readme.txt", "", "a_b_c_d_e_f_g", "1_2011_OMP-01_5_20110701224603984_01_1"]
        {
            assert_eq!(FileName::parse(name), Err(NameError::Foreign), "{name}");
        }
        let bad = "9999013_20110701_OMP-01_000000011000185_20110701224603984_01_7";
        assert_eq!(FileName::parse(bad), Err(NameError::Flag));
        assert_eq!(FileName::parse(&format!("{bad}.txt")), Err(NameError::Flag));
    }

    proptest! {
        #[test]
        fn any_name_is_parsed_or_refused(name in "[0-9_\\-^a-zあ.]{0,80}") {
            let _ = (FileName::parse(&name), FileName::parse_extended(&name));
        }
    }
}
