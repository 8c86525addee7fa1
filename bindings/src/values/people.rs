//! People and places.

use crate::cross::crossing_record;
use mykarte::ssmix2::types;

crossing_record! {
    /// A name in both writings.
    PersonName = types::PersonName {
        /// In kanji.
        kanji: Option<String>,
        /// In kana.
        kana: Option<String>,
    }
}

crossing_record! {
    /// A member of staff.
    Person = types::Person {
        /// XCN.1
        id: Option<String>,
        /// Family and given name.
        name: String,
    }
}

crossing_record! {
    /// A place in a hospital.
    Place = types::Place {
        /// PL.1: a ward, or a department's code when `kind` is `C`.
        point_of_care: Option<String>,
        /// PL.2
        room: Option<String>,
        /// PL.3
        bed: Option<String>,
        /// PL.6: `N` ward, `C` department, `D` division.
        kind: Option<String>,
    }
}

crossing_record! {
    /// A postal address.
    Address = types::Address {
        /// XAD.5 as sent.
        postal_code: Option<String>,
        /// Its lines joined.
        text: String,
        /// XAD.7: `H` home, `B` business.
        kind: Option<String>,
    }
}

crossing_record! {
    /// A telephone number.
    Phone = types::Phone {
        /// As sent.
        number: String,
        /// XTN.2: `PRN` home, `EMR` emergency, `WPN` work ...
        use_code: Option<String>,
    }
}
