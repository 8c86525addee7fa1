//! What goes out: JSON, bytes, or a problem document (RFC 9457), with headers that keep it out of caches.

use crate::error::Refused;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mykarte_wire::Problem;
use mykarte_wire::problem::{Kind, PROBLEM_JSON};
use serde::Serialize;

/// A call that is not answered as it was asked.
#[derive(Debug)]
pub struct Failed(pub Refused);

/// Seconds after which what is too much or away may be asked for again.
const RETRY_AFTER: &str = "10";

/// How handlers end.
pub type Answer = Result<Response, Failed>;

impl<E: Into<Refused>> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let problem = self.0.problem();
        if !matches!(self.0, Refused::Problem(_)) {
            // Our own trouble: the operator has to know, the caller does not.
            tracing::error!("{}", self.0);
        }
        answer_problem(&problem)
    }
}

/// A problem document.
pub fn answer_problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if matches!(problem.kind(), Kind::TooMany | Kind::Unavailable) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    }
    private(response)
}

/// The document of a kind.
pub fn problem(kind: Kind) -> Response {
    answer_problem(&Problem::new(kind))
}

/// A JSON body.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    private((status, Json(body)).into_response())
}

/// No body.
pub fn empty() -> Response {
    private(StatusCode::NO_CONTENT.into_response())
}

/// Kept by nobody on the way.
pub fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
