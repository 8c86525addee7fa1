//! Findings of the reader, in words.

use mykarte::record::labels::Language;
use mykarte::ssmix2::Code;

/// Why a file was left out, where the sentence around it says that it was.
pub fn short(code: Code, language: Language) -> String {
    match (code, language) {
        (Code::PatientIdDiffers, Language::Ja) => "PID-3 が違う".to_string(),
        (Code::PatientIdMissing, Language::Ja) => "PID-3 がない".to_string(),
        _ => text(code, language),
    }
}

/// The Japanese sentence, or the code's own name in English.
pub fn text(code: Code, language: Language) -> String {
    match language {
        Language::Ja => code.text().to_string(),
        Language::En => {
            let name = serde_json::to_value(code).ok().and_then(|v| v.as_str().map(str::to_string));
            name.unwrap_or_default().replace('_', " ")
        }
    }
}
