//! The whole page: what is on it, where, and what is not.

use std::fs;

use super::code::read;
use super::{ADDRESS, font, sheet, ticket, tool};
use crate::paper::layout::{self, HEIGHT, MARGIN, Placed, WIDTH};
use crate::paper::sheet::Content;
use crate::paper::{Font, Sheet, html, pdf};

/// As much as the settings may hold: two lines each.
fn full(sheet: &mut Sheet) {
    sheet.hospital.name = "国立大学法人見本県立中央総合大学医学部附属病院高度救命救急災害医療センター".to_owned();
    sheet.contact =
        Some("医療情報部 マイカルテ窓口（外来棟1階 5番）　電話 03-0000-0000 内線 12345（平日 9時〜17時）".to_owned());
}

fn place(sheet: &Sheet, font: &Font) -> Placed {
    layout::place(&Content::of(sheet).unwrap(), 61, &font.ruler()).unwrap()
}

#[test]
fn nothing_leaves_the_page_and_no_line_touches_another_or_the_code() {
    let ticket = ticket(ADDRESS);
    let mut sheet = sheet(&ticket);
    full(&mut sheet);
    let Some(font) = font(&sheet) else { return };
    let (page, ruler) = (place(&sheet, &font), font.ruler());
    let (x, y, module) = page.code;
    let border = 4.0 * module;
    let side = 61.0 * module + 2.0 * border;
    let mut taken = vec![[x - border, y - border, side, side]];
    for line in &page.lines {
        let size = line.style.size;
        taken.push([line.x, line.baseline - 0.88 * size, ruler.width(&line.text, size), size]);
    }
    for (at, [x, y, width, height]) in taken.iter().enumerate() {
        assert!(*x >= MARGIN && x + width <= WIDTH - MARGIN + 0.01, "{}", at);
        assert!(*y >= MARGIN && y + height <= HEIGHT - MARGIN, "{}", at);
        for [left, top, wide, high] in &taken[at + 1..] {
            let apart = x + width <= *left || left + wide <= *x || y + height <= *top || top + high <= *y;
            assert!(apart, "{at}: {x} {y} and {left} {top}");
        }
    }
    for area in &page.areas {
        assert!(area.x >= MARGIN && area.x + area.width <= WIDTH - MARGIN + 0.01);
        assert!(area.y >= MARGIN && area.y + area.height <= HEIGHT - MARGIN);
    }
}

#[test]
fn a_patient_reads_fourteen_points_and_a_code_of_sixty_millimetres() {
    let ticket = ticket(ADDRESS);
    let Some(font) = font(&sheet(&ticket)) else { return };
    let page = place(&sheet(&ticket), &font);
    assert!(page.code.2 * 61.0 / 72.0 * 25.4 >= 60.0);
    let foot = HEIGHT - MARGIN - 60.0;
    assert!(page.lines.iter().all(|line| line.style.size >= 14.0 || line.baseline > foot));
}

#[test]
fn the_same_sheet_gives_the_same_bytes_without_a_path_of_this_machine() {
    let ticket = ticket(ADDRESS);
    let Some(font) = font(&sheet(&ticket)) else { return };
    let page = pdf(&sheet(&ticket), &font).unwrap();
    assert_eq!(page, pdf(&sheet(&ticket), &font).unwrap());
    let holds = |text: &str| page.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(holds("IPAGothic") || holds("/FontFile"));
    for text in ["CreationDate", "CreateDate", "/usr/", "/tmp", "Users", &ticket.dangerous_text()[..40]] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn a_printed_page_scans_and_its_text_tells_everything_but_the_secret() {
    let ticket = ticket(ADDRESS);
    let mut sheet = sheet(&ticket);
    full(&mut sheet);
    let (Some(font), Some(mut render), Some(mut text)) = (font(&sheet), tool("pdftoppm"), tool("pdftotext")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (file, picture) = (folder.path().join("sheet.pdf"), folder.path().join("page"));
    fs::write(&file, &*pdf(&sheet, &font).unwrap()).unwrap();
    // As coarse as an office printer and a phone's camera make it together.
    assert!(
        render.args(["-r", "150", "-gray", "-png", "-singlefile"]).arg(&file).arg(&picture).status().unwrap().success()
    );
    let codes = read(&fs::read(picture.with_extension("png")).unwrap());
    assert_eq!(codes.into_iter().map(|(_, text)| text).collect::<Vec<_>>(), [ticket.dangerous_text().to_string()]);

    let text = text.arg(&file).arg("-").output().unwrap();
    let text: String = String::from_utf8(text.stdout).unwrap().split_whitespace().collect();
    assert_tells_all(&text, &sheet);
    assert_keeps_the_secret(&text, &sheet);
}

#[test]
fn the_html_page_tells_the_same_and_fetches_nothing() {
    let ticket = ticket(ADDRESS);
    let mut sheet = sheet(&ticket);
    full(&mut sheet);
    sheet.hospital.facility = "<b>&\"".to_owned();
    let page = html(&sheet).unwrap();
    for outside in ["http:", "https:", "//", "src=", "href=", "url(", "@import", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("&lt;b&gt;&amp;&quot;") && !page.contains("<b>"));
    sheet.hospital.facility = "1319999999".to_owned();
    let page = html(&sheet).unwrap();
    let text: String = page.replace("<wbr>", "").replace("<br>", "").split_whitespace().collect();
    assert_tells_all(&text, &sheet);
    assert_keeps_the_secret(&text, &sheet);
}

#[test]
fn the_html_code_has_the_modules_of_the_picture() {
    let ticket = ticket(ADDRESS);
    let (page, code) = (html(&sheet(&ticket)).unwrap(), crate::paper::Code::of(&ticket).unwrap());
    let path = page.split("<path d=\"M").nth(1).unwrap().split('"').next().unwrap();
    let mut dark = Vec::new();
    for run in path.split('M') {
        let (place, rest) = run.split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        dark.push((x - 4, y - 4, rest.split('v').next().unwrap().parse().unwrap()));
    }
    assert_eq!(dark, *code.runs());
}

fn assert_tells_all(text: &str, sheet: &Sheet) {
    let content = Content::of(sheet).unwrap();
    for part in content.texts().filter(|part| !part.starts_with("12345") && *part != crate::paper::words::NO_CONTACT) {
        let part: String = part.replace('|', "").split_whitespace().collect();
        assert!(text.contains(&part), "{part}");
    }
    assert!(text.contains(&sheet.ticket.id.to_string()[..8]));
}

fn assert_keeps_the_secret(text: &str, sheet: &Sheet) {
    let secret = sheet.ticket.dangerous_text();
    // Format, id and the beginning of the secret lie in the first characters behind the prefix.
    for at in (0..secret.len() - 12).step_by(3) {
        assert!(!text.contains(&secret[at..at + 12]), "{at}");
    }
    assert!(!text.contains("MYKARTE1") && !text.contains(&sheet.ticket.id.to_string()));
}
