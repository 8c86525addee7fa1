//! Which fields of the catalogue an entry has, found out while it is serialised: nothing is written.
//!
//! A field's places are paths in the JSON of an entry, so whoever writes that JSON knows them: this serializer walks the
//! same way and notes what is filled. What is found already, or is no field's place, is not walked into.

use super::{Field, fields};
use crate::model::{Record, Section};
use serde::ser::{self, Serialize, Serializer};
use std::cell::Cell;
use std::fmt::{self, Write};

/// The fields of a section that at least one of its entries has.
pub fn present(record: &Record, section: Section) -> Vec<&'static Field> {
    let tree = Node::of(section);
    match section {
        Section::Basics => tree.walk(&record.basics),
        Section::Allergies => tree.walk(&record.allergies),
        Section::Diagnoses => tree.walk(&record.diagnoses),
        Section::Admissions => tree.walk(&record.admissions),
        Section::Prescriptions => tree.walk(&record.prescriptions),
        Section::Injections => tree.walk(&record.injections),
        Section::Labs => tree.walk(&record.labs),
        Section::Memos => tree.walk(&record.memos),
        Section::Others => tree.walk(&record.others),
    }
    let mut found = Vec::new();
    tree.collect(&mut found);
    fields(section).filter(|field| found.contains(&field.key)).collect()
}

/// A place in the JSON of an entry.
#[derive(Default)]
struct Node {
    /// The field that owns this place, and what is below it where nothing else does.
    field: Option<&'static str>,
    below: Vec<(&'static str, Node)>,
    /// Names that stand for another: movements of a stay, further rows of an allergy (`""`: for the entry itself).
    same: &'static [(&'static str, &'static str)],
    found: Cell<bool>,
    /// It and all below it are found.
    done: Cell<bool>,
}

impl Node {
    fn of(section: Section) -> Node {
        let same: &[_] = match section {
            Section::Admissions => &[("admission", "movement"), ("discharge", "movement"), ("transfers", "movement")],
            Section::Allergies => &[("also", "")],
            _ => &[],
        };
        let mut root = Node { same, ..Node::default() };
        for field in fields(section) {
            for path in field.paths {
                root.at(path).field = Some(field.key);
            }
        }
        root
    }

    fn at(&mut self, path: &'static str) -> &mut Node {
        path.split('.').fold(self, |node, name| {
            let known = node.below.iter().position(|(known, _)| *known == name);
            let at = known.unwrap_or_else(|| {
                node.below.push((name, Node::default()));
                node.below.len() - 1
            });
            &mut node.below[at].1
        })
    }

    fn walk<T: Serialize>(&self, entries: &[T]) {
        for entry in entries.iter().take_while(|_| !self.done.get()) {
            // It writes nothing, so nothing can fail.
            let _ = entry.serialize(Walk(self));
        }
    }

    fn collect(&self, found: &mut Vec<&'static str>) {
        found.extend(self.field.filter(|_| self.found.get()));
        self.below.iter().for_each(|(_, node)| node.collect(found));
    }

    /// Where a name leads; `None` where nobody asks for what is there.
    fn named(&self, name: &str) -> Option<&Node> {
        let name = self.same.iter().find(|(other, _)| *other == name).map_or(name, |(_, same)| same);
        let below = self.below.iter().find(|(known, _)| *known == name).map(|(_, node)| node);
        let own = name.is_empty() || self.field.is_some();
        below.or_else(|| own.then_some(self)).filter(|node| !node.done.get())
    }

    fn enter<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), Never> {
        if let Some(node) = self.named(name) {
            value.serialize(Walk(node))?;
            self.settle();
        }
        Ok(())
    }

    /// Something is here.
    fn note(&self) -> Result<(), Never> {
        self.found.set(true);
        self.settle();
        Ok(())
    }

    fn settle(&self) {
        let own = self.field.is_none() || self.found.get();
        self.done.set(own && self.below.iter().all(|(_, node)| node.done.get()));
    }
}

/// It never happens.
#[derive(Debug)]
struct Never;

impl fmt::Display for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is written")
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Never {
        Never
    }
}

/// Walks through one value.
#[derive(Clone, Copy)]
struct Walk<'n>(&'n Node);

macro_rules! filled {
    ($($name:ident: $of:ty),* $(,)?) => { $(fn $name(self, _: $of) -> Result<(), Never> { self.0.note() })* };
}

impl<'n> Serializer for Walk<'n> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Entries<'n>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    filled! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32, serialize_f64: f64,
        serialize_char: char,
    }

    fn serialize_bool(self, is: bool) -> Result<(), Never> {
        if is { self.0.note() } else { Ok(()) }
    }

    fn serialize_str(self, text: &str) -> Result<(), Never> {
        if text.is_empty() { Ok(()) } else { self.0.note() }
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Never> {
        if bytes.is_empty() { Ok(()) } else { self.0.note() }
    }

    fn serialize_none(self) -> Result<(), Never> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Never> {
        self.0.note()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'n>, Never> {
        Ok(Entries { node: self.0, at: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Never> {
        Ok(self)
    }
}

macro_rules! elements {
    ($($of:ident, $name:ident;)*) => { $(impl ser::$of for Walk<'_> {
        type Ok = ();
        type Error = Never;
        fn $name<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
            value.serialize(*self)
        }
        fn end(self) -> Result<(), Never> {
            Ok(())
        }
    })* };
}

elements! {
    SerializeSeq, serialize_element;
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field;
}

macro_rules! members {
    ($($of:ident;)*) => { $(impl ser::$of for Walk<'_> {
        type Ok = ();
        type Error = Never;
        fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Never> {
            self.0.enter(name, value)
        }
        fn end(self) -> Result<(), Never> {
            Ok(())
        }
    })* };
}

members! {
    SerializeStruct;
    SerializeStructVariant;
}

/// What serde makes of a struct with a flattened part.
struct Entries<'n> {
    node: &'n Node,
    at: Option<&'n Node>,
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        let mut found = Found { node: self.node, at: None };
        // It writes nothing, so nothing can fail.
        let _ = write!(found, "{}", Name(key));
        self.at = found.at;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        if let Some(node) = self.at.take() {
            value.serialize(Walk(node))?;
            self.node.settle();
        }
        Ok(())
    }

    fn end(self) -> Result<(), Never> {
        Ok(())
    }
}

/// Where the key leads that is written to it: the name of a member comes whole.
struct Found<'n> {
    node: &'n Node,
    at: Option<&'n Node>,
}

impl fmt::Write for Found<'_> {
    fn write_str(&mut self, name: &str) -> fmt::Result {
        self.at = self.node.named(name);
        Ok(())
    }
}

/// A key as text.
struct Name<'k, T: ?Sized>(&'k T);

impl<T: Serialize + ?Sized> fmt::Display for Name<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::owner;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// The fields that the JSON of an entry says are there.
    fn owned(section: Section, json: &Value, path: &str, found: &mut BTreeSet<&'static str>) {
        match json {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                owned(section, value, &below, found);
            }),
            Value::Array(all) => all.iter().for_each(|value| owned(section, value, path, found)),
            Value::Null | Value::Bool(false) => {}
            Value::String(text) if text.is_empty() => {}
            _ => found.extend(owner(section, path).map(|field| field.key)),
        }
    }

    fn entry(section: Section, json: Value) {
        let mut expected = BTreeSet::new();
        owned(section, &json, "", &mut expected);
        let node = Node::of(section);
        node.walk(&[json]);
        let mut found = Vec::new();
        node.collect(&mut found);
        assert_eq!(BTreeSet::from_iter(found), expected, "{section:?}");
    }

    #[test]
    fn what_is_found_is_what_the_json_says() {
        use serde_json::json;
        entry(
            Section::Labs,
            json!({ "id": "a", "item": { "text": "CRP" }, "flags": ["H"], "group": { "specimen": null } }),
        );
        entry(
            Section::Labs,
            json!({ "value": "", "unit": { "code": "", "text": "mg" }, "group": { "comments": ["x"] } }),
        );
        entry(Section::Admissions, json!({ "discharge": { "ward": { "text": "3F" } }, "died": false, "reasons": [] }));
        entry(Section::Allergies, json!({ "also": [{ "allergen": { "text": "x" }, "reactions": ["y"] }] }));
        entry(
            Section::Injections,
            json!({ "ordered": true, "administrations": [{ "drugs": [{ "amount": { "value": "1" } }] }] }),
        );
    }
}
