//! The page as its readers meet it: its words, what hostile data makes of it, and a real browser that shows and prints it.

#![allow(clippy::unwrap_used)]

mod browser;
mod hostile;
mod reissue;
mod sample;
mod words;

/// Writes the page of a made-up report, to look at: `MYKARTE_PAGE=page.html cargo test -p mykarte-drill --test page -- --ignored`.
#[test]
#[ignore = "writes a page for people to look at"]
fn an_example_to_look_at() {
    let path = std::env::var_os("MYKARTE_PAGE").expect("MYKARTE_PAGE names the file to write");
    std::fs::write(path, mykarte_drill::page::page(&sample::report())).unwrap();
}
