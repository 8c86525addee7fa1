//! Where a publisher is. Only what nobody on the way can read: `https`, and `http` on this machine alone, for tests.

use super::DownloadError;

/// An address as a ticket has it, without the stroke at its end.
///
/// # Errors
/// [`DownloadError::InsecureAddress`].
pub(super) fn check(address: &str) -> Result<&str, DownloadError> {
    let (scheme, rest) = address.split_once("://").ok_or(DownloadError::InsecureAddress)?;
    // A name before an @, a query or a fragment has no place in it, and hides where it leads.
    let is_plain = rest.bytes().all(|b| b.is_ascii_graphic() && !b"@?#\\\"<>".contains(&b));
    let host = host(rest.split('/').next().unwrap_or_default());
    let is_allowed = match scheme {
        "https" => !host.is_empty(),
        "http" => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    };
    if is_plain && is_allowed { Ok(address.trim_end_matches('/')) } else { Err(DownloadError::InsecureAddress) }
}

fn host(authority: &str) -> &str {
    let is_port = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_what_nobody_on_the_way_can_read() {
        let good = ["https://a.example.jp", "https://a.example.jp:8443/x/", "http://127.0.0.1:80", "http://localhost"];
        assert!(good.iter().all(|address| super::check(address).is_ok()));
        assert_eq!(super::check("https://a.example.jp/x/").ok(), Some("https://a.example.jp/x"));
        assert!(super::check("http://[::1]:8080").is_ok());
        for bad in [
            "http://a.example.jp",
            "http://127.0.0.1.example.jp",
            "http://127.0.0.1@example.jp",
            "http://localhost:80@example.jp/",
            "https://",
            "https:///x",
            "https://:80",
            "ftp://localhost",
            "localhost",
            "HTTP://example.jp",
            "https://a b.jp",
            "https://a.jp/?x",
            "https://a.jp#x",
            "",
        ] {
            assert!(super::check(bad).is_err(), "{bad}");
        }
    }
}
