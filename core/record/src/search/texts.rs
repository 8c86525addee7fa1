//! The texts of an entry: what a search looks into.
//!
//! Names, codes, values and comments are content; keys, ids, marks and numbers
//! of sources are not. The JSON is read as a stream, without building its tree:
//! the first search of a record reads all of it.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Keys whose texts are no content.
pub(super) const NOT_CONTENT: [&str; 4] = ["id", "source", "diagnosis", "marks"];

/// Calls `f` with every text of a JSON value. What is no JSON ends early.
pub(super) fn each(json: &[u8], mut f: impl FnMut(&str)) {
    let mut reader = serde_json::Deserializer::from_slice(json);
    // A line that is no JSON has no more texts; who shows it says that it cannot be read.
    let _ = Texts(&mut f).deserialize(&mut reader);
}

/// Walks one value.
struct Texts<'f, F>(&'f mut F);

impl<'de, F: FnMut(&str)> DeserializeSeed<'de> for Texts<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&str)> Visitor<'de> for Texts<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        (self.0)(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Texts(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(is_content) = map.next_key_seed(Key)? {
            match is_content {
                true => map.next_value_seed(Texts(&mut *self.0))?,
                false => map.next_value::<IgnoredAny>().map(|_| ())?,
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Reads a key as whether its value is content.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(!NOT_CONTENT.contains(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_depths_but_of_no_other_key() {
        let json =
            r#"{"id":"x","n":1.5,"t":true,"z":null,"a":["一",{"b":"q\"\u4e8c","source":["s"]}],"marks":["m"],"c":-3}"#;
        let mut texts = Vec::new();
        each(json.as_bytes(), |text| texts.push(text.to_string()));
        assert_eq!(texts, ["一", "q\"二"]);
        each(br#"{"a":"kept","b":"#, |text| texts.push(text.to_string()));
        assert_eq!(texts[2..], ["kept"]);
    }
}
