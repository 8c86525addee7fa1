//! The places of a phone.

use super::answer::{Answer, empty, json, private};
use super::body::{Id, Json, conditions, token};
use crate::service::{Fetched, Promised, Publisher, blocking, to_its_end};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mykarte_vault::package::{EnrolmentId, HospitalId};
use mykarte_wire::phone::{Enrol, Enrolled, NextKey, Revoke, Status};
use mykarte_wire::{NEXT_TOKEN, OCTETS, Problem, etag};
use std::sync::Arc;

type Shared = State<Arc<Publisher>>;

/// A phone asks to be enrolled with the request of its ticket. The same request may be sent again.
#[utoipa::path(post, path = "/v1/enrolments", request_body = Enrol, tag = "phone", responses(
    (status = 201, body = Enrolled),
    (status = 403, body = Problem, content_type = "application/problem+json", description = "ticket, ticket-expired, ticket-used, ticket-locked, ticket-cancelled, birth-date"),
))]
pub async fn enrol(State(publisher): Shared, Json(body): Json<Enrol>) -> Answer {
    let enrolled = blocking(move || publisher.enrol(&body.request)).await?;
    Ok(json(StatusCode::CREATED, &enrolled))
}

/// How far an enrolment is.
#[utoipa::path(get, path = "/v1/enrolments/{enrolment}", tag = "phone", params(("enrolment" = String, Path)),
    security(("token" = [])), responses(
    (status = 200, body = Status),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 410, body = Problem, content_type = "application/problem+json", description = "the enrolment has ended"),
))]
pub async fn status(State(publisher): Shared, Id(enrolment): Id<EnrolmentId>, headers: HeaderMap) -> Answer {
    let status = blocking(move || publisher.status(enrolment, token(&headers).as_ref())).await?;
    Ok(json(StatusCode::OK, &status))
}

/// The latest package: whole, from a byte on (`Range`, `If-Range`), or not at all (`If-None-Match`).
#[utoipa::path(get, path = "/v1/enrolments/{enrolment}/package", tag = "phone", params(("enrolment" = String, Path)),
    security(("token" = [])), responses(
    (status = 200, content_type = "application/octet-stream", headers(("etag" = String), ("mykarte-next-token" = String))),
    (status = 206, content_type = "application/octet-stream", headers(("etag" = String), ("mykarte-next-token" = String))),
    (status = 304, description = "the phone has it"),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "nothing was issued yet"),
    (status = 410, body = Problem, content_type = "application/problem+json"),
    (status = 416, body = Problem, content_type = "application/problem+json"),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "too many downloads of this enrolment are open, or too many calls; Retry-After says when"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn package(State(publisher): Shared, Id(enrolment): Id<EnrolmentId>, headers: HeaderMap) -> Answer {
    let (asked, token) = (conditions(&headers), token(&headers));
    let shared = publisher.clone();
    let Fetched { package, promised } = blocking(move || shared.begin_fetch(enrolment, token.as_ref(), &asked)).await?;
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::ETAG, &etag::write(&package.hash));
    let Some(Promised { range, next, download }) = promised else {
        return Ok(private((StatusCode::NOT_MODIFIED, headers).into_response()));
    };
    insert(&mut headers, header::HeaderName::from_static(NEXT_TOKEN), &next.dangerous_text());
    insert(&mut headers, header::CONTENT_TYPE, OCTETS);
    insert(&mut headers, header::ACCEPT_RANGES, "bytes");
    insert(&mut headers, header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    let is_whole = range == (0..package.bytes);
    if !is_whole {
        let (first, last, total) = (range.start, range.end - 1, package.bytes);
        insert(&mut headers, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{total}"));
    }
    let body = publisher.read(enrolment, &package.object, range, download).await?;
    let status = if is_whole { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
    Ok(private((status, headers, Body::from_stream(body)).into_response()))
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // Digits, hexadecimal and base64url are always header values.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The key that the next package shall be sealed to.
#[utoipa::path(put, path = "/v1/enrolments/{enrolment}/key", request_body = NextKey, tag = "phone",
    params(("enrolment" = String, Path)), security(("token" = [])), responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "not newer, or another device's"),
))]
pub async fn next_key(
    State(publisher): Shared,
    Id(enrolment): Id<EnrolmentId>,
    headers: HeaderMap,
    Json(body): Json<NextKey>,
) -> Answer {
    blocking(move || publisher.next_key(enrolment, token(&headers).as_ref(), &body.offer)).await?;
    Ok(empty())
}

/// The device ends its enrolment: its signature says so, no token.
#[utoipa::path(post, path = "/v1/enrolments/{enrolment}/revocation", request_body = Revoke, tag = "phone",
    params(("enrolment" = String, Path)), responses(
    (status = 204),
    (status = 401, body = Problem, content_type = "application/problem+json", description = "not this device's signature"),
))]
pub async fn revoke(State(publisher): Shared, Id(enrolment): Id<EnrolmentId>, Json(body): Json<Revoke>) -> Answer {
    let shared = publisher.clone();
    let ended = async move {
        if blocking(move || shared.revoke(enrolment, &body.revocation)).await? {
            publisher.forget(enrolment).await;
        }
        Ok(())
    };
    to_its_end(ended).await?;
    Ok(empty())
}

/// A hospital's key list, signed by its root key.
#[utoipa::path(get, path = "/v1/hospitals/{hospital}/keys", tag = "phone", params(("hospital" = String, Path)), responses(
    (status = 200, content_type = "application/octet-stream"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub async fn key_list(State(publisher): Shared, Id(hospital): Id<HospitalId>) -> Answer {
    let list = blocking(move || publisher.key_list(hospital)).await?;
    Ok(private(([(header::CONTENT_TYPE, OCTETS)], list).into_response()))
}

/// Whether the publisher works: its database answers.
#[utoipa::path(get, path = "/v1/health", tag = "phone", responses(
    (status = 200, description = "it does; `issuer_heads`: the issuer's audit chain contradicts what was kept of it"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn health(State(publisher): Shared) -> Result<Response, super::answer::Failed> {
    let shared = publisher.clone();
    blocking(move || shared.check()).await?;
    let health = match publisher.has_refused_heads() {
        false => serde_json::json!({ "status": "ok" }),
        // Phones are served all the same.
        true => serde_json::json!({ "status": "ok", "issuer_heads": "refused" }),
    };
    Ok(json(StatusCode::OK, &health))
}
