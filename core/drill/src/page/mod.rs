//! The report as one page for a meeting of the hospital: HTML that fetches nothing and runs nothing.
//!
//! Whatever comes from the storage, the profile or a file of a report goes through `text::escape`.

mod cover;
mod findings;
mod first;
mod forms;
mod months;
mod reissue;
mod text;
mod verdict;

use crate::report::Report;

/// No address may be asked for anything, no script may run; the styles stand in the page.
const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"mykarte verify\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <title>いざというときのマイカルテ 読み取り点検の報告</title>\n";
const STYLE: &str = include_str!("style.css");

const FOOT: &str = "<footer><p>この報告は、電子カルテから出力された SS-MIX2 のデータを、患者の手元で見られる形に\
    してみて、読めないものを災害の前に見つけるためのものです（mykarte verify）。値の医学的な正しさは調べていません。\
    例は、1つの指摘につき5件までです。患者ごとのすべての指摘は --list（CSV）で書き出せます。</p>\n\
    <p class=\"care\">患者のフォルダ番号が載っています。<b>院外に出さないでください。</b></p></footer>\n";

/// The page. The same report gives the same bytes.
pub fn page(report: &Report) -> String {
    let parts = match &report.reissue {
        Some(reissue) => [reissue::section(report, reissue), String::new(), String::new()],
        None => [cover::section(report), months::section(report), forms::section(report)],
    };
    [
        HEAD,
        "<style>\n",
        STYLE,
        "</style>\n</head>\n<body>\n",
        &verdict::section(report),
        &first::section(report),
        &parts[0],
        &parts[1],
        &findings::section(report),
        &parts[2],
        FOOT,
        "</body>\n</html>\n",
    ]
    .concat()
}
