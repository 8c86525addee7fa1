//! The 26 data types (データ種別) of the standardised storage and their 36
//! messages, as one table.
//!
//! The folder decides what a file is: prescription and injection share
//! RDE^O11, and some senders write ADT^A01 into the ADT-12 folder.

use serde::{Deserialize, Serialize};

macro_rules! data_types {
    ($($name:ident = $folder:literal, $label:literal, $message:literal, $cancel:expr;)*) => {
        /// A data type of the standardised storage.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum DataType { $(#[doc = $label] #[serde(rename = $folder)] $name,)* }

        impl DataType {
            /// All 26, in the order of the specification.
            pub const ALL: &'static [DataType] = &[$(DataType::$name,)*];
            /// The folder name, `OMP-01`.
            pub fn folder(self) -> &'static str { match self { $(DataType::$name => $folder,)* } }
            /// The Japanese name of the specification.
            pub fn label(self) -> &'static str { match self { $(DataType::$name => $label,)* } }
            /// MSH-9 components 1 and 2 of the message, `RDE^O11`.
            pub fn message(self) -> &'static str { match self { $(DataType::$name => $message,)* } }
            /// MSH-9 of the cancel message that shares the folder, if one is defined.
            pub fn cancel_message(self) -> Option<&'static str> { match self { $(DataType::$name => $cancel,)* } }
        }
    };
}

data_types! {
    Adt00 = "ADT-00", "患者基本情報", "ADT^A08", Some("ADT^A23");
    Adt01 = "ADT-01", "担当医の変更", "ADT^A54", Some("ADT^A55");
    Adt12 = "ADT-12", "外来診察の受付", "ADT^A04", None;
    Adt21 = "ADT-21", "入院予定", "ADT^A14", Some("ADT^A27");
    Adt22 = "ADT-22", "入院実施", "ADT^A01", Some("ADT^A11");
    Adt31 = "ADT-31", "外出泊実施", "ADT^A21", Some("ADT^A52");
    Adt32 = "ADT-32", "外出泊帰院実施", "ADT^A22", Some("ADT^A53");
    Adt41 = "ADT-41", "転科・転棟予定", "ADT^A15", Some("ADT^A26");
    Adt42 = "ADT-42", "転科・転棟実施", "ADT^A02", Some("ADT^A12");
    Adt51 = "ADT-51", "退院予定", "ADT^A16", Some("ADT^A25");
    Adt52 = "ADT-52", "退院実施", "ADT^A03", Some("ADT^A13");
    Adt61 = "ADT-61", "アレルギー情報", "ADT^A60", None;
    Ppr01 = "PPR-01", "病名（歴）情報", "PPR^ZD1", None;
    Omd = "OMD", "食事オーダ", "OMD^O03", None;
    Omp01 = "OMP-01", "処方オーダ", "RDE^O11", None;
    Omp11 = "OMP-11", "処方実施通知", "RAS^O17", None;
    Omp02 = "OMP-02", "注射オーダ", "RDE^O11", None;
    Omp12 = "OMP-12", "注射実施通知", "RAS^O17", None;
    Oml01 = "OML-01", "検体検査オーダ", "OML^O33", None;
    Oml11 = "OML-11", "検体検査結果通知", "OUL^R22", None;
    Omg01 = "OMG-01", "放射線検査オーダ", "OMG^O19", None;
    Omg11 = "OMG-11", "放射線検査の実施通知", "OMI^Z23", None;
    Omg02 = "OMG-02", "内視鏡検査オーダ", "OMG^O19", None;
    Omg12 = "OMG-12", "内視鏡検査の実施通知", "OMI^Z23", None;
    Omg03 = "OMG-03", "生理検査オーダ", "OMG^O19", None;
    Omg13 = "OMG-13", "生理検査結果通知", "ORU^R01", None;
}

impl DataType {
    /// The data type a folder name means. Full-width and lower-case spellings
    /// occur after hand-made copies and are accepted; the second value is true
    /// when the spelling was exact.
    pub fn from_folder(name: &str) -> Option<(DataType, bool)> {
        if let Some(exact) = Self::ALL.iter().copied().find(|t| t.folder() == name) {
            return Some((exact, true));
        }
        let folded: String = name
            .trim()
            .chars()
            .map(|c| crate::types::half_width(c).to_ascii_uppercase())
            .map(|c| if matches!(c, '−' | '‐' | 'ー' | '―') { '-' } else { c })
            .collect();
        let found = Self::ALL.iter().copied().find(|t| t.folder() == folded)?;
        Some((found, false))
    }

    /// Whether two files of one key whose order number is 999… are two events
    /// and not two versions of one (the key leaves the time out): admissions,
    /// leaves, transfers, discharges and physiology results (design D3).
    pub fn repeats_without_order_number(self) -> bool {
        use DataType::*;
        matches!(self, Adt22 | Adt31 | Adt32 | Adt41 | Adt42 | Adt52 | Omg13)
    }

    /// Whether history files (flag 2) are read too, because the current file may
    /// lack what they hold: allergies sent as deltas, interim lab results.
    pub fn history_may_add(self) -> bool {
        matches!(self, DataType::Adt61 | DataType::Oml11) || self.repeats_without_order_number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_six_folders_and_thirty_six_messages() {
        assert_eq!(DataType::ALL.len(), 26);
        let cancels = DataType::ALL.iter().filter(|t| t.cancel_message().is_some()).count();
        assert_eq!(DataType::ALL.len() + cancels, 36);
    }

    #[test]
    fn spellings_of_folders() {
        assert_eq!(DataType::from_folder("OMP-01"), Some((DataType::Omp01, true)));
        assert_eq!(DataType::from_folder("omp-01"), Some((DataType::Omp01, false)));
        assert_eq!(DataType::from_folder("ＯＭＰ－０１"), Some((DataType::Omp01, false)));
        assert_eq!(DataType::from_folder("OMD"), Some((DataType::Omd, true)));
        assert_eq!(DataType::from_folder("OML-12"), None);
    }
}
