//! What is known of tickets and enrolments, and what becomes of them: pure, from document to document.

pub mod enrolment;
#[cfg(test)]
mod tests;
pub mod ticket;

pub use enrolment::{Enrolment, Open, Package};
pub use ticket::{Outcome, Ticket};
