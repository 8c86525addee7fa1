//! What a line of text is made of: width, colour, escapes, dates, columns.

pub mod dates;
pub mod json;
pub mod line;
pub mod shell;
pub mod table;
