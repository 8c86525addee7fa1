//! Codes and quantities.

use crate::cross::{Cross, crossing_record};
use mykarte::ssmix2::types;

/// A coded value. Both triples are kept, for which of them holds the standard code differs from hospital to hospital.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Coded {
    /// The text to show: as sent, else the code table's word, else the code itself.
    pub display: String,
    /// CWE.1
    pub code: Option<String>,
    /// CWE.2, where `display` is not the same.
    pub text: Option<String>,
    /// CWE.3
    pub system: Option<String>,
    /// CWE.4
    pub alt_code: Option<String>,
    /// CWE.5
    pub alt_text: Option<String>,
    /// CWE.6
    pub alt_system: Option<String>,
    /// CWE.7, the version of the first system.
    pub version: Option<String>,
    /// CWE.9
    pub original: Option<String>,
    /// What the code table says, where the message sent no text at all.
    pub label: Option<String>,
}

impl Cross<Coded> for types::Coded {
    fn cross(&self) -> Coded {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_string());
        let types::Coded { code, text, system, alt_code, alt_text, alt_system, version, original, label } = self;
        let display = self.display();
        Coded {
            display: display.to_string(),
            code: filled(code),
            text: filled(text).filter(|text| text != display),
            system: filled(system),
            alt_code: filled(alt_code),
            alt_text: filled(alt_text),
            alt_system: filled(alt_system),
            version: filled(version),
            original: filled(original),
            label: filled(label),
        }
    }
}

crossing_record! {
    /// A number with its unit, never one without the other where both were sent.
    Quantity = types::Quantity {
        /// The number exactly as sent.
        value: String,
        /// The unit, absent only where none was sent.
        unit: Option<Coded>,
    }
}
