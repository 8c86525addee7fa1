//! What a line of text is made of: width, colour, escapes, dates, columns.

pub mod dates;
pub mod line;
pub mod table;
