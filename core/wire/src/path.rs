//! Where things are. The publisher routes by the templates, clients fill them in.

/// A phone's request to enrol.
pub const ENROLMENTS: &str = "/v1/enrolments";
/// How far an enrolment is.
pub const STATUS: &str = "/v1/enrolments/{enrolment}";
/// Its latest package.
pub const PACKAGE: &str = "/v1/enrolments/{enrolment}/package";
/// The key that the next package shall be sealed to.
pub const NEXT_KEY: &str = "/v1/enrolments/{enrolment}/key";
/// The device's word that it wants nothing more.
pub const REVOCATION: &str = "/v1/enrolments/{enrolment}/revocation";
/// A hospital's key list.
pub const KEY_LIST: &str = "/v1/hospitals/{hospital}/keys";
/// Whether the publisher works.
pub const HEALTH: &str = "/v1/health";
/// This interface, described.
pub const OPENAPI: &str = "/v1/openapi.json";

/// The issuer puts its hospital's key list.
pub const ISSUER_KEY_LIST: &str = "/issuer/v1/hospitals/{hospital}/keys";
/// A ticket: put, looked at, taken back.
pub const ISSUER_TICKET: &str = "/issuer/v1/tickets/{ticket}";
/// The nonce of its digits is shown.
pub const ISSUER_NONCE: &str = "/issuer/v1/tickets/{ticket}/nonce";
/// Staff saw the same digits.
pub const ISSUER_CONFIRMATION: &str = "/issuer/v1/tickets/{ticket}/confirmation";
/// All enrolments, in pages.
pub const ISSUER_ENROLMENTS: &str = "/issuer/v1/enrolments";
/// One enrolment: withdrawn.
pub const ISSUER_ENROLMENT: &str = "/issuer/v1/enrolments/{enrolment}";
/// Its package: put.
pub const ISSUER_PACKAGE: &str = "/issuer/v1/enrolments/{enrolment}/package";
/// Signed heads of audit chains: the publisher's is fetched, the issuer's is left here.
pub const ISSUER_HEADS: &str = "/issuer/v1/heads";

/// A template with its one place filled in. Ids are hexadecimal, so that nothing needs escaping.
#[must_use]
pub fn fill(template: &str, id: &impl std::fmt::Display) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(open), Some(close)) => format!("{}{id}{}", &template[..open], &template[close + 1..]),
        _ => template.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_place_is_filled_in() {
        assert_eq!(super::fill(super::NEXT_KEY, &"ab12"), "/v1/enrolments/ab12/key");
        assert_eq!(super::fill(super::HEALTH, &"ab12"), "/v1/health");
    }
}
