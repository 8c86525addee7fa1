//! JSON that a terminal may show.

use super::line::acts;
use std::borrow::Cow;

/// The same JSON with everything that would act on a terminal written as `\u`
/// escapes. Such characters stand only inside strings.
pub fn safe(json: &[u8]) -> Cow<'_, [u8]> {
    let must = |c: char| c == '\x7f' || acts(c);
    let Ok(text) = std::str::from_utf8(json) else { return Cow::Borrowed(json) };
    if !text.contains(must) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if must(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_reads_the_same() {
        let value = serde_json::json!({ "a": "1\u{7f}\u{9b}2\u{202e}3\u{2066}\u{e0001}", "b": "ソリタ－Ｔ３号" });
        let json = serde_json::to_vec(&value).expect("JSON");
        let safe = safe(&json);
        let text = String::from_utf8(safe.to_vec()).expect("text");
        assert_eq!(text, r#"{"a":"1\u007f\u009b2\u202e3\u2066\udb40\udc01","b":"ソリタ－Ｔ３号"}"#);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&safe).expect("JSON"), value);
    }
}
