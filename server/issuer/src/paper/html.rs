//! The sheet as one HTML page, for a machine without a Japanese font: the browser that prints it has one.
//!
//! Self-contained: the code is drawn in the page itself, and nothing is fetched from anywhere.

use std::fmt::Write;

use zeroize::Zeroizing;

use super::qr::QUIET;
use super::sheet::{Content, Sheet};
use super::{Code, PaperError, words};

/// A policy that lets the page fetch nothing, and the styles of an A4 page.
const HEAD: &str = "<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n";
const STYLE: &str = include_str!("sheet.css");

/// The sheet as HTML, one A4 page when printed.
///
/// # Errors
/// [`PaperError::NoCode`], [`PaperError::NoDate`].
pub fn html(sheet: &Sheet) -> Result<Zeroizing<String>, PaperError> {
    let content = Content::of(sheet)?;
    let code = Code::of(sheet.ticket)?;
    let mut page = Zeroizing::new(String::with_capacity(64 * 1024));
    let title = [words::PRODUCT, words::TITLE].join(" ");
    let parts = [
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n",
        HEAD,
        &format!("<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"),
        &head(&content),
        "<div class=\"do\">\n",
        &steps(),
        "<figure>",
        &svg(&code),
        &format!("<figcaption>{}</figcaption></figure>\n</div>\n", ours(words::CODE)),
        &notes(&content),
        &staff(&content),
        "</body>\n</html>\n",
    ];
    parts.iter().for_each(|part| page.push_str(part));
    Ok(page)
}

fn head(content: &Content) -> String {
    let (product, title, until) = (words::PRODUCT, words::TITLE, words::UNTIL);
    let (hospital, date) = (escape(&content.hospital), ours(&content.until));
    format!(
        "<header><p>{product}</p><h1>{title}</h1><p>{hospital}</p></header>\n\
         <p class=\"frame\">{until}<br><strong class=\"date\">{date}</strong></p>\n"
    )
}

fn steps() -> String {
    let steps: String = words::STEPS.iter().map(|step| format!("<li>{}</li>\n", ours(step))).collect();
    format!("<ol>\n{steps}</ol>\n")
}

fn notes(content: &Content) -> String {
    let cares: String = words::CARES.iter().map(|care| format!("<li>{}</li>\n", ours(care))).collect();
    let trouble = |(when, then): &(&str, &str)| format!("<li>{}：<wbr>{}</li>\n", ours(when), ours(then));
    let troubles: String = words::TROUBLES.iter().map(trouble).collect();
    let contact = content.contact.as_deref().map_or_else(|| ours(words::NO_CONTACT), escape);
    let (care, trouble, ask) = (words::CARE, words::TROUBLE, words::CONTACT);
    format!(
        "<section class=\"frame\"><h2>{care}</h2>\n<ul>\n{cares}</ul></section>\n\
         <section><h2>{trouble}</h2>\n<ul>\n{troubles}</ul></section>\n\
         <section><h2>{ask}</h2>\n<p class=\"own\">{contact}</p></section>\n"
    )
}

fn staff(content: &Content) -> String {
    let [first, second] = &content.root;
    let (number, facility, root) = (words::NUMBER, words::FACILITY, ours(words::ROOT));
    let (ticket, id) = (&content.number, escape(&content.facility));
    format!(
        "<footer><p>{number}　{ticket}<br>{facility}　{id}</p><p>{root}<br>\
         <span class=\"key\">{first}<br>{second}</span></p></footer>\n"
    )
}

/// The code as shapes, with its light border.
fn svg(code: &Code) -> Zeroizing<String> {
    let side = code.size() + 2 * QUIET;
    let mut svg = Zeroizing::new(String::with_capacity(48 * 1024));
    svg.push_str(&format!("<svg viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\""));
    for (x, y, length) in code.runs().iter() {
        write!(svg, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET).expect("a string takes every text");
    }
    svg.push_str("\"/></svg>");
    svg
}

/// Our own words: a line may break at `|` only.
fn ours(text: &str) -> String {
    text.replace('|', "<wbr>")
}

/// A text of the settings.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
