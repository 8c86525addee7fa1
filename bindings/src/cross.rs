//! How a value of the core becomes one that crosses the boundary.
//!
//! UniFFI knows `String`, `Option`, `Vec`, records and enums; the core saves memory with short texts, boxes and shared
//! values. [`Cross`] goes from the one to the other. The macros write a type of the boundary and its `Cross` in one table;
//! they name every field of the core's type, so one that is added there does not compile here until somebody decides.

use std::sync::Arc;

/// A value of the core, as it crosses the boundary as a `T`.
pub(crate) trait Cross<T> {
    /// The value on the other side.
    fn cross(&self) -> T;
}

macro_rules! cross_as_it_is {
    ($($t:ty),*) => { $(impl Cross<$t> for $t {
        fn cross(&self) -> $t {
            *self
        }
    })* };
}

cross_as_it_is!(bool, u16, u32, u64);

impl Cross<String> for String {
    fn cross(&self) -> String {
        self.clone()
    }
}

impl Cross<String> for Box<str> {
    fn cross(&self) -> String {
        self.to_string()
    }
}

impl Cross<String> for mykarte::ssmix2::types::Text {
    fn cross(&self) -> String {
        self.to_string()
    }
}

impl Cross<u32> for usize {
    /// Positions and counts of a record are far below this limit.
    fn cross(&self) -> u32 {
        u32::try_from(*self).unwrap_or(u32::MAX)
    }
}

impl<A: Cross<B>, B> Cross<Option<B>> for Option<A> {
    fn cross(&self) -> Option<B> {
        self.as_ref().map(Cross::cross)
    }
}

impl<A: Cross<B>, B> Cross<Vec<B>> for Vec<A> {
    fn cross(&self) -> Vec<B> {
        self.iter().map(Cross::cross).collect()
    }
}

impl<A: Cross<B>, B> Cross<B> for Arc<A> {
    fn cross(&self) -> B {
        A::cross(self)
    }
}

impl<A: Cross<B>, B> Cross<B> for Box<A> {
    fn cross(&self) -> B {
        A::cross(self)
    }
}

/// An enum without fields, both ways.
macro_rules! crossing_enum {
    ($(#[$meta:meta])* $name:ident = $core:path { $($(#[$vmeta:meta])* $variant:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name { $($(#[$vmeta])* $variant),* }

        impl $name {
            /// Each of them.
            #[allow(dead_code, reason = "only some are listed")]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];
        }

        impl From<$core> for $name {
            fn from(core: $core) -> Self {
                match core { $(<$core>::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $core {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => Self::$variant),* }
            }
        }

        impl $crate::cross::Cross<$name> for $core {
            fn cross(&self) -> $name {
                (*self).into()
            }
        }
    };
}

/// A record with the fields of one type of the core. `skip` names those that stay behind: what only a reader of files
/// needs and no vault holds.
macro_rules! crossing_record {
    ($(#[$meta:meta])* $name:ident = $core:path { $($(#[$fmeta:meta])* $field:ident: $type:ty),* $(,)? }
        $(skip { $($skipped:ident),* $(,)? })?) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type),* }

        impl $crate::cross::Cross<$name> for $core {
            fn cross(&self) -> $name {
                let Self { $($field,)* $($($skipped: _,)*)? } = self;
                $name { $($field: $crate::cross::Cross::cross($field)),* }
            }
        }
    };
}

/// An entry of a section: the head that all entries have, and the fields of the types its body is made of. `{ a: b }`
/// in `renamed` gives the core's `b` the name `a`, where two types use one name.
macro_rules! crossing_entry {
    ($(#[$meta:meta])* $name:ident = $body:path { $(
        of $core:path => $($step:ident).* {
            $($(#[$fmeta:meta])* $field:ident: $type:ty),* $(,)?
        } $(renamed { $($(#[$rmeta:meta])* $new:ident: $rtype:ty = $old:ident),* $(,)? })?
        $(skip { $($skipped:ident),* $(,)? })?
    )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
        pub struct $name {
            /// Stable over re-imports.
            pub id: String,
            /// Care date, as exact as it was sent.
            pub date: Option<$crate::values::Timestamp>,
            /// What it is worth: a cancelled order never looks active, a preliminary value never final.
            pub status: $crate::values::Status,
            /// What else must be known, to be shown beside it.
            pub marks: Vec<$crate::values::Mark>,
            /// Numbers of the source files in the hospital's report.
            pub sources: Vec<u32>,
            $(
                $($(#[$fmeta])* pub $field: $type,)*
                $($($(#[$rmeta])* pub $new: $rtype,)*)?
            )*
        }

        impl $crate::cross::Cross<$name> for mykarte::record::Entry<$body> {
            fn cross(&self) -> $name {
                $(
                    let $core { $($field,)* $($($old: $new,)*)? $($($skipped: _,)*)? } = &self.$($step).*;
                )*
                $name {
                    id: self.id.to_string(),
                    date: $crate::cross::Cross::cross(&self.date),
                    status: self.status.into(),
                    marks: $crate::cross::Cross::cross(&self.marks),
                    sources: self.source.to_vec(),
                    $(
                        $($field: $crate::cross::Cross::cross($field),)*
                        $($($new: $crate::cross::Cross::cross($new),)*)?
                    )*
                }
            }
        }
    };
}

pub(crate) use {crossing_entry, crossing_enum, crossing_record};
