//! Which path goes where, and the interface described from the same lines.

use super::limits::{Limits, limit};
use super::{answer, issuer, phone};
use crate::service::Publisher;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Router, middleware};
use mykarte_wire::path;
use mykarte_wire::problem::Kind;
use std::sync::Arc;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(
    info(title = "mykarte-publisher", description = "docs/download-protocol.md tells how these calls belong together."),
    modifiers(&Tokens),
    tags(
        (name = "phone", description = "What a phone asks"),
        (name = "issuer", description = "What the issuer inside the hospital asks")
    )
)]
struct Description;

/// The two kinds of tokens.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for (name, says) in [("token", "Of one enrolment; replaced at each download."), ("link", "Of the issuer.")] {
            let mut bearer = Http::new(HttpAuthScheme::Bearer);
            bearer.description = Some(says.to_owned());
            components.add_security_scheme(name, SecurityScheme::Http(bearer));
        }
    }
}

fn described() -> OpenApiRouter<Arc<Publisher>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(phone::enrol))
        .routes(routes!(phone::status))
        .routes(routes!(phone::package))
        .routes(routes!(phone::next_key))
        .routes(routes!(phone::revoke))
        .routes(routes!(phone::key_list))
        .routes(routes!(phone::health))
        .routes(routes!(issuer::put_key_list))
        .routes(routes!(issuer::put_ticket, issuer::ticket, issuer::cancel))
        .routes(routes!(issuer::nonce))
        .routes(routes!(issuer::confirm))
        .routes(routes!(issuer::enrolments))
        .routes(routes!(issuer::put_package))
        .routes(routes!(issuer::withdraw))
        .routes(routes!(issuer::heads))
}

/// The interface as OpenAPI 3.1, JSON.
pub fn openapi() -> String {
    let (_, description) = described().split_for_parts();
    // Derived from types: always JSON.
    description.to_pretty_json().unwrap_or_default()
}

/// All routes, with their limits.
pub fn router(publisher: Arc<Publisher>, limits: Arc<Limits>) -> Router {
    let (router, description) = described().split_for_parts();
    let description = description.to_json().unwrap_or_default();
    let json = [(axum::http::header::CONTENT_TYPE, mykarte_wire::JSON)];
    router
        .route(path::OPENAPI, get(move || std::future::ready((StatusCode::OK, json, description.clone()))))
        .fallback(|| std::future::ready(answer::problem(Kind::NotFound)))
        .method_not_allowed_fallback(|| std::future::ready(answer::problem(Kind::Method)))
        .layer(middleware::from_fn_with_state((limits, publisher.clone()), limit))
        .with_state(publisher)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The templates of `wire` and the attributes above say the same twice; here they are held together.
    #[test]
    fn every_place_of_the_protocol_is_described() {
        let description: serde_json::Value = serde_json::from_str(&openapi()).expect("JSON");
        let places = description["paths"].as_object().expect("an object");
        let known = [
            path::ENROLMENTS,
            path::STATUS,
            path::PACKAGE,
            path::NEXT_KEY,
            path::REVOCATION,
            path::KEY_LIST,
            path::HEALTH,
            path::ISSUER_KEY_LIST,
            path::ISSUER_TICKET,
            path::ISSUER_NONCE,
            path::ISSUER_CONFIRMATION,
            path::ISSUER_ENROLMENTS,
            path::ISSUER_ENROLMENT,
            path::ISSUER_PACKAGE,
            path::ISSUER_HEADS,
        ];
        assert!(known.iter().all(|place| places.contains_key(*place)), "{:?}", places.keys());
        assert_eq!(places.len(), known.len(), "a place that the protocol does not name");
    }
}
