//! 非常時メモ

use super::{Coded, Person, Timestamp};
use crate::cross::crossing_entry;
use mykarte::ssmix2::clinical;

crossing_entry! {
    /// What a doctor wrote in the disaster viewer.
    Memo = clinical::Memo {
        of clinical::Memo => body {
            /// TXA-4
            at: Option<Timestamp>,
            /// 記録場所
            place: Option<String>,
            /// 診療職種
            role: Option<Coded>,
            /// 記録者
            author: Option<Person>,
            /// 記録内容
            text: String,
            /// TXA-12
            document_number: Option<String>,
        }
    }
}
