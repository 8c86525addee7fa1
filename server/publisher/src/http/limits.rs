//! How often one address may call: an account of calls that fills up again by time.

use super::answer;
use super::body::token;
use crate::service::Publisher;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use mykarte_wire::path;
use mykarte_wire::problem::Kind;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

/// The accounts of all addresses.
pub struct Limits {
    all: DefaultKeyedRateLimiter<IpAddr>,
    enrolling: DefaultKeyedRateLimiter<IpAddr>,
    behind_proxy: bool,
}

impl Limits {
    /// Calls, and among them requests to enrol, that one address may make a minute. Behind a proxy the last entry of
    /// `X-Forwarded-For` says who calls: the proxy wrote it.
    pub fn new(calls: NonZeroU32, enrolling: NonZeroU32, behind_proxy: bool) -> Limits {
        Limits {
            all: RateLimiter::keyed(Quota::per_minute(calls)),
            enrolling: RateLimiter::keyed(Quota::per_minute(enrolling)),
            behind_proxy,
        }
    }

    /// Forgets addresses whose accounts are full again.
    pub fn tidy(&self) {
        self.all.retain_recent();
        self.enrolling.retain_recent();
    }

    /// Seconds to wait, or `None` to go on.
    fn wait(&self, caller: IpAddr, is_enrolling: bool) -> Option<u64> {
        let now = DefaultClock::default().now();
        let first = self.all.check_key(&caller);
        let second = if is_enrolling { self.enrolling.check_key(&caller) } else { Ok(()) };
        let until = first.err().or(second.err())?;
        Some(until.wait_time_from(now).as_secs() + 1)
    }

    fn caller(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let forwarded = || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next();
        let told = if self.behind_proxy { forwarded().and_then(address) } else { None };
        network(told.unwrap_or(peer.ip()))
    }
}

/// An address as proxies write it: `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]` or `[::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    text.parse().ok().or_else(with_port).or_else(in_brackets)
}

/// One household has a /64 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

/// The layer around all routes. The issuer is not limited: a night's work is thousands of calls, and it has shown who it is.
pub async fn limit(
    State((limits, publisher)): State<(Arc<Limits>, Arc<Publisher>)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if publisher.is_issuer(token(request.headers()).as_ref()) {
        return next.run(request).await;
    }
    let is_enrolling = request.method() == Method::POST && request.uri().path() == path::ENROLMENTS;
    let Some(seconds) = limits.wait(limits.caller(peer, request.headers()), is_enrolling) else {
        return next.run(request).await;
    };
    let mut response = answer::problem(Kind::TooMany);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(behind_proxy: bool) -> Limits {
        let n = |n| NonZeroU32::new(n).expect("not zero");
        Limits::new(n(5), n(2), behind_proxy)
    }

    #[test]
    fn an_address_has_its_own_account_and_enrolling_a_smaller_one() {
        let limits = limits(false);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!((0..4).filter(|_| limits.wait(one, true).is_none()).count(), 2);
        assert!(limits.wait(one, false).is_none() && limits.wait(one, false).is_some_and(|s| s > 0));
        assert!(limits.wait(other, true).is_none());
    }

    #[test]
    fn a_proxy_is_believed_only_where_there_is_one() {
        let peer = SocketAddr::from(([192, 0, 2, 1], 9));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9, 198.51.100.7"));
        assert_eq!(limits(false).caller(peer, &headers), peer.ip());
        assert_eq!(limits(true).caller(peer, &headers), IpAddr::from([198, 51, 100, 7]));
        for (told, who) in [
            ("198.51.100.7:5678", "198.51.100.7"),
            (" 203.0.113.9:1, 198.51.100.7:2 ", "198.51.100.7"),
            ("[2001:db8::1]:80", "2001:db8::"),
            ("[2001:db8::1]", "2001:db8::"),
            ("2001:db8::1", "2001:db8::"),
            // What is no address is as if it were not there.
            ("unknown", "192.0.2.1"),
            ("1.2.3.4:99999", "192.0.2.1"),
        ] {
            headers.insert("x-forwarded-for", HeaderValue::from_static(told));
            assert_eq!(limits(true).caller(peer, &headers).to_string(), who, "{told}");
        }
        let (a, b): (IpAddr, IpAddr) = ("2001:db8::1".parse().expect("one"), "2001:db8::2".parse().expect("one"));
        assert_eq!(network(a), network(b));
    }
}
