//! The places of the issuer. All of them want the link's token.

use super::answer::{Answer, Failed, empty, json};
use super::body::{Hexadecimal, Id, Json, Octets, token};
use crate::service::{Publisher, blocking, to_its_end};
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_vault::ticket::TicketId;
use mykarte_wire::Problem;
use mykarte_wire::issuer::{EnrolmentPage, Heads, NewTicket, ShowNonce, TicketStatus, Withdrawn};
use mykarte_wire::problem::Kind;
use serde::Deserialize;
use std::sync::Arc;

type Shared = State<Arc<Publisher>>;

/// The caller showed the link's token. An argument of every handler here: none can forget to ask.
pub struct Issuer;

impl FromRequestParts<Arc<Publisher>> for Issuer {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, publisher: &Arc<Publisher>) -> Result<Self, Failed> {
        match publisher.is_issuer(token(&parts.headers).as_ref()) {
            true => Ok(Issuer),
            false => Err(Kind::Token.into()),
        }
    }
}

/// Puts a hospital's key list.
#[utoipa::path(put, path = "/issuer/v1/hospitals/{hospital}/keys", tag = "issuer", security(("link" = [])),
    params(("hospital" = String, Path)), request_body(content_type = "application/octet-stream"), responses((status = 204)))]
pub async fn put_key_list(
    _: Issuer,
    State(publisher): Shared,
    Id(hospital): Id<HospitalId>,
    Octets(list): Octets,
) -> Answer {
    blocking(move || publisher.put_key_list(hospital, &list)).await?;
    Ok(empty())
}

/// A ticket was printed.
#[utoipa::path(put, path = "/issuer/v1/tickets/{ticket}", tag = "issuer", security(("link" = [])),
    params(("ticket" = String, Path)), request_body = NewTicket, responses((status = 204)))]
pub async fn put_ticket(
    _: Issuer,
    State(publisher): Shared,
    Id(id): Id<TicketId>,
    Json(new): Json<NewTicket>,
) -> Answer {
    blocking(move || publisher.put_ticket(id, &new)).await?;
    Ok(empty())
}

/// How far a ticket is, and the request that came with it.
#[utoipa::path(get, path = "/issuer/v1/tickets/{ticket}", tag = "issuer", security(("link" = [])),
    params(("ticket" = String, Path)), responses((status = 200, body = TicketStatus)))]
pub async fn ticket(_: Issuer, State(publisher): Shared, Id(id): Id<TicketId>) -> Answer {
    let status = blocking(move || publisher.ticket_status(id)).await?;
    Ok(json(StatusCode::OK, &status))
}

/// The counter takes a ticket back.
#[utoipa::path(delete, path = "/issuer/v1/tickets/{ticket}", tag = "issuer", security(("link" = [])),
    params(("ticket" = String, Path)), responses((status = 204)))]
pub async fn cancel(_: Issuer, State(publisher): Shared, Id(id): Id<TicketId>) -> Answer {
    blocking(move || publisher.cancel(id)).await?;
    Ok(empty())
}

/// Shows the nonce of the digits.
#[utoipa::path(put, path = "/issuer/v1/tickets/{ticket}/nonce", tag = "issuer", security(("link" = [])),
    params(("ticket" = String, Path)), request_body = ShowNonce, responses((status = 204)))]
pub async fn nonce(_: Issuer, State(publisher): Shared, Id(id): Id<TicketId>, Json(body): Json<ShowNonce>) -> Answer {
    blocking(move || publisher.show_nonce(id, body.nonce)).await?;
    Ok(empty())
}

/// Staff saw the same digits.
#[utoipa::path(put, path = "/issuer/v1/tickets/{ticket}/confirmation", tag = "issuer", security(("link" = [])),
    params(("ticket" = String, Path)), responses((status = 204)))]
pub async fn confirm(_: Issuer, State(publisher): Shared, Id(id): Id<TicketId>) -> Answer {
    blocking(move || publisher.confirm(id)).await?;
    Ok(empty())
}

/// Where a page begins.
#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<String>,
}

/// Enrolments that staff confirmed, by name, 500 a page.
#[utoipa::path(get, path = "/issuer/v1/enrolments", tag = "issuer", security(("link" = [])),
    params(("after" = Option<String>, Query)), responses((status = 200, body = EnrolmentPage)))]
pub async fn enrolments(_: Issuer, State(publisher): Shared, Query(query): Query<After>) -> Answer {
    let after = match query.after {
        Some(text) => Some(EnrolmentId::read(&text).ok_or(Kind::Malformed)?),
        None => None,
    };
    let page = blocking(move || publisher.enrolments(after)).await?;
    Ok(json(StatusCode::OK, &page))
}

/// Puts a package in the place of the one before.
#[utoipa::path(put, path = "/issuer/v1/enrolments/{enrolment}/package", tag = "issuer", security(("link" = [])),
    params(("enrolment" = String, Path)), request_body(content_type = "application/octet-stream"), responses(
    (status = 204),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "sealed to an older key, or signed by a key that the list does not have"),
    (status = 410, body = Problem, content_type = "application/problem+json"),
))]
pub async fn put_package(
    _: Issuer,
    State(publisher): Shared,
    Id(enrolment): Id<EnrolmentId>,
    Octets(package): Octets,
) -> Answer {
    let (shared, checked) = (publisher.clone(), package.clone());
    blocking(move || shared.check_package(enrolment, &checked)).await?;
    to_its_end(async move { publisher.put_package(enrolment, package).await }).await?;
    Ok(empty())
}

/// Ends an enrolment, and says of every copy whether its package is gone.
#[utoipa::path(delete, path = "/issuer/v1/enrolments/{enrolment}", tag = "issuer", security(("link" = [])),
    params(("enrolment" = String, Path)), responses((status = 200, body = Withdrawn)))]
pub async fn withdraw(_: Issuer, State(publisher): Shared, Id(enrolment): Id<EnrolmentId>) -> Answer {
    let shared = publisher.clone();
    blocking(move || shared.withdraw(enrolment)).await?;
    let copies = publisher.forget(enrolment).await;
    let state_gone = blocking(move || publisher.is_forgotten(enrolment)).await?;
    Ok(json(StatusCode::OK, &Withdrawn { copies, state_gone }))
}

/// Leaves the issuer's signed head here and takes the publisher's: each is the second place of the other.
#[utoipa::path(post, path = "/issuer/v1/heads", tag = "issuer", security(("link" = [])), request_body = Heads,
    responses((status = 200, body = Heads)))]
pub async fn heads(_: Issuer, State(publisher): Shared, Json(theirs): Json<Heads>) -> Answer {
    let ours = blocking(move || publisher.exchange_heads(&theirs)).await?;
    Ok(json(StatusCode::OK, &ours))
}
