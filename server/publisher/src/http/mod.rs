//! HTTP: routes, bodies in and out, limits, TLS. What is done with them, `service` says.
//!
//! ```text
//! serve  connections, TLS, time limits, shutdown      limits  calls a minute        router  which path goes where
//! body   what comes in, measured and timed            answer  what goes out: bodies and problem documents
//! ```

mod answer;
mod body;
mod issuer;
mod limits;
mod phone;
mod router;
mod serve;

pub use limits::Limits;
pub use router::{openapi, router};
pub use serve::{Serving, serve, tls};
