//! Where a publisher is, for phone and issuer alike. Only what nobody on the way can read: `https`, and `http` on this
//! machine alone, for tests.

use std::fmt;

/// Why an address is none of a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressError {
    /// Not `https`, or no host.
    Insecure,
    /// A name before an `@`, a query, a fragment, or what no address has: they hide where it leads, or break what is put behind.
    NotPlain,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AddressError::Insecure => "the address must be https://host (http only on this machine)",
            AddressError::NotPlain => {
                "the address must be https://host or https://host/path, without user name, query (?) or fragment (#)"
            }
        })
    }
}

impl std::error::Error for AddressError {}

/// An address as a ticket has it, without the stroke at its end.
///
/// # Errors
/// [`AddressError`].
pub fn check(address: &str) -> Result<&str, AddressError> {
    let (scheme, rest) = address.split_once("://").ok_or(AddressError::Insecure)?;
    if !rest.bytes().all(|b| b.is_ascii_graphic() && !b"@?#\\\"<>".contains(&b)) {
        return Err(AddressError::NotPlain);
    }
    let host = host(rest.split('/').next().unwrap_or_default());
    let is_allowed = match scheme {
        "https" => !host.is_empty(),
        "http" => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    };
    if is_allowed { Ok(address.trim_end_matches('/')) } else { Err(AddressError::Insecure) }
}

fn host(authority: &str) -> &str {
    let is_port = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::AddressError::{Insecure, NotPlain};
    use super::check;

    #[test]
    fn only_what_nobody_on_the_way_can_read() {
        let good = ["https://a.example.jp", "https://a.example.jp:8443/x/", "http://127.0.0.1:80", "http://localhost"];
        assert!(good.iter().all(|address| check(address).is_ok()));
        assert_eq!(check("https://a.example.jp/x/"), Ok("https://a.example.jp/x"));
        assert!(check("http://[::1]:8080").is_ok());
        for bad in [
            "http://a.example.jp",
            "http://127.0.0.1.example.jp",
            "https://",
            "https:///x",
            "https://:80",
            "ftp://localhost",
            "localhost",
            "HTTP://example.jp",
            "",
        ] {
            assert_eq!(check(bad), Err(Insecure), "{bad}");
        }
        for bad in [
            "http://127.0.0.1@example.jp",
            "http://localhost:80@example.jp/",
            "https://user:password@a.jp",
            "https://a b.jp",
            "https://a.jp/?x",
            "https://a.jp/?",
            "https://a.jp#x",
        ] {
            assert_eq!(check(bad), Err(NotPlain), "{bad}");
        }
    }
}
