//! The page in a real browser: shown at the width of a sheet and of a phone, printed, and asking for nothing.

use crate::{hostile, sample};
use mykarte_drill::page::page;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{fs, thread};
use tempfile::TempDir;

/// The colours of a field's bar and of a type's fullest month, as the styles have them.
const PRESENT: [u8; 3] = [0x1f, 0x5f, 0x8b];
const UNREADABLE: [u8; 3] = [0xc2, 0x41, 0x0c];
const MOST: [u8; 3] = [0x0b, 0x3a, 0x5e];

const POLICY: &str =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";

/// A browser with a folder of its own.
struct Browser(TempDir);

impl Browser {
    /// None where there is none, except where all tools were installed.
    #[allow(clippy::print_stderr)]
    fn find() -> Option<Browser> {
        for tool in ["chromium", "pdftotext"] {
            if Command::new(tool).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
                assert!(std::env::var_os("CI").is_none(), "this test needs {tool}; ./x test installs it");
                eprintln!("skipped: {tool} is not on this machine");
                return None;
            }
        }
        Some(Browser(tempfile::tempdir().unwrap()))
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Opens a page; gives what the browser prints.
    fn open(&self, html: &str, arguments: &[&str]) -> String {
        let file = self.folder().join("page.html");
        fs::write(&file, html).unwrap();
        let quiet = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        let profile = format!("--user-data-dir={}", self.folder().join("profile").display());
        let done = Command::new("chromium")
            .args(quiet)
            .arg(profile)
            .args(arguments)
            .arg(&file)
            .current_dir(self.folder())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    fn picture(&self, html: &str, width: u32, height: u32) -> Picture {
        self.open(html, &["--screenshot=page.png", &format!("--window-size={width},{height}")]);
        Picture::read(&self.folder().join("page.png"))
    }

    /// The text of each printed sheet, without its spaces.
    fn sheets(&self, html: &str) -> Vec<String> {
        self.open(html, &["--print-to-pdf=page.pdf", "--no-pdf-header-footer"]);
        let text = Command::new("pdftotext").args(["page.pdf", "-"]).current_dir(self.folder()).output().unwrap();
        let text = String::from_utf8(text.stdout).unwrap();
        text.split_terminator('\u{c}').map(|sheet| sheet.split_whitespace().collect()).collect()
    }

    /// How wide the page is in a window of a width, and the elements that stand out of it. The frame is a page without
    /// the policy, for the one that is measured must not run a script.
    fn overflow(&self, html: &str, width: u32) -> String {
        let inner = html.replace(POLICY, "").replace('&', "&amp;").replace('"', "&quot;");
        assert_ne!(html.replace(POLICY, ""), html);
        let script = "onload = () => { const page = document.querySelector('iframe').contentDocument; \
            const wide = page.scrollingElement.clientWidth; \
            const out = [...page.querySelectorAll('body *:not(path)')].filter(e => e.getBoundingClientRect().right > wide + 1); \
            const names = out.slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 30)); \
            document.body.textContent = `MEASURED ${wide} ${page.scrollingElement.scrollWidth} ${names.join(' | ')}`; }";
        let frame = format!(
            "<!DOCTYPE html><meta charset=\"utf-8\"><script>{script}</script>\
            <iframe style=\"width:{width}px;height:600px;border:0\" srcdoc=\"{inner}\"></iframe>"
        );
        let shown = self.open(&frame, &["--dump-dom", "--window-size=1000,800"]);
        let measured = shown.rsplit("MEASURED ").next().unwrap();
        measured.split('<').next().unwrap().trim().to_owned()
    }
}

/// A picture's points in red, green, blue.
struct Picture {
    width: usize,
    points: Vec<[u8; 3]>,
}

impl Picture {
    fn read(file: &Path) -> Picture {
        let mut reader = png::Decoder::new(std::io::BufReader::new(fs::File::open(file).unwrap())).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut bytes).unwrap();
        let size = frame.color_type.samples();
        let points =
            bytes[..frame.buffer_size()].chunks_exact(size).map(|point| [point[0], point[1], point[2]]).collect();
        Picture { width: frame.width as usize, points }
    }

    fn count(&self, color: [u8; 3]) -> usize {
        self.points.iter().filter(|point| **point == color).count()
    }

    /// How long a colour runs in each line, longest first, lines of one length once.
    fn runs(&self, color: [u8; 3]) -> Vec<usize> {
        let run = |line: &[[u8; 3]]| line.split(|point| *point != color).map(<[_]>::len).max().unwrap_or(0);
        let mut runs: Vec<usize> = self.points.chunks_exact(self.width).map(run).collect();
        runs.sort_unstable_by(|a, b| b.cmp(a));
        runs.dedup();
        runs
    }
}

#[test]
fn bars_and_months_are_painted_and_as_long_as_their_numbers() {
    let Some(browser) = Browser::find() else { return };
    let mut report = sample::report();
    let shown = browser.picture(&page(&report), 794, 9_000);
    let runs = shown.runs(PRESENT);
    // Of 1,200 patients one field has all, one half of them.
    assert!(runs[0] > 150 && runs.iter().any(|run| run.abs_diff(runs[0] / 2) <= 1), "{runs:?}");
    assert!(shown.count(UNREADABLE) > 500 && shown.count(MOST) > 5_000);

    report
        .fields
        .iter_mut()
        .for_each(|field| (field.present, field.unreadable, field.absent) = (0, 0, sample::PATIENTS));
    report.kinds.iter_mut().for_each(|kind| kind.months.retain(|month, _| month.as_str() < "2020"));
    let less = browser.picture(&page(&report), 794, 9_000);
    // What is left of the bars is the legend's.
    assert!(less.count(PRESENT) < 1_000 && less.count(UNREADABLE) < 500);
    assert!(less.count(MOST) > 1_000 && less.count(MOST) < shown.count(MOST) * 3 / 4);
}

#[test]
fn nothing_is_wider_than_a_sheet_or_a_phone() {
    let Some(browser) = Browser::find() else { return };
    let long = || {
        let mut report = sample::report();
        report.findings[0].examples[0].path = "0123456789_".repeat(30);
        report.findings[0].detail = "あ".repeat(200);
        report.fields[0].name = "A".repeat(100);
        report.kinds[0].name = "B".repeat(100);
        report.findings[0].count = 123_456_789_012;
        report
    };
    for report in [sample::report(), long(), hostile::report()] {
        for width in [794, 360] {
            let measured = browser.overflow(&page(&report), width);
            assert_eq!(measured, format!("{width} {width}"), "elements wider than the window");
        }
    }
}

#[test]
fn a_print_is_a_few_sheets_of_a4_with_its_words_and_colours() {
    let Some(browser) = Browser::find() else { return };
    let sheets = browser.sheets(&page(&sample::report()));
    assert!(fs::metadata(browser.folder().join("page.pdf")).unwrap().len() < 5_000_000);
    assert!((5..=15).contains(&sheets.len()), "{}", sheets.len());
    assert!(sheets[0].contains("患者に見せるという約束が、守られていません") && sheets[0].contains("まず直すこと"));
    for (at, sheet) in sheets.iter().enumerate() {
        assert!(
            sheet.contains("院外に出さないこと") && sheet.contains(&format!("{}/{}", at + 1, sheets.len())),
            "{at}"
        );
    }
    let args = ["-r", "50", "-png", "-f", "2", "-l", "2", "-singlefile", "page.pdf", "sheet"];
    assert!(Command::new("pdftoppm").args(args).current_dir(browser.folder()).status().unwrap().success());
    assert!(Picture::read(&browser.folder().join("sheet.png")).count(PRESENT) > 1_000);
}

#[test]
fn no_finding_is_cut_in_two_by_the_end_of_a_sheet() {
    let Some(browser) = Browser::find() else { return };
    let mut report = sample::report();
    let first = report.findings[0].clone();
    report.findings.extend((0..60).map(|at| {
        let mut finding = first.clone();
        finding.detail = format!("D{at:02}D");
        finding.examples.iter_mut().enumerate().for_each(|(of, example)| example.place = format!("E{at:02}x{of}"));
        finding
    }));
    let sheets = browser.sheets(&page(&report));
    assert!(sheets.len() > 15, "{}", sheets.len());
    for at in 0..60 {
        let parts = [format!("D{at:02}D"), format!("E{at:02}x0"), format!("E{at:02}x4")];
        assert!(sheets.iter().any(|sheet| parts.iter().all(|part| sheet.contains(part))), "{at}");
    }
}

/// Hosts that a browser asks a proxy for when it opens a page.
fn asked(browser: &Browser, html: &str) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("--proxy-server=http://{}", listener.local_addr().unwrap());
    let (send, asked) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut start = [0; 512];
            stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
            let read = stream.read(&mut start).unwrap_or(0);
            let line = String::from_utf8_lossy(&start[..read]).lines().next().unwrap_or_default().to_owned();
            if send.send(line).is_err() {
                return;
            }
            stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok();
        }
    });
    browser.open(html, &[&proxy, "--screenshot=asked.png", "--window-size=400,400"]);
    asked.try_iter().collect()
}

#[test]
fn nobody_on_the_network_is_asked_whatever_the_report_holds() {
    let Some(browser) = Browser::find() else { return };
    // The browser has calls of its own; the page's are told by the address.
    let leaks = |html: &str| asked(&browser, html).iter().filter(|line| line.contains("leak.test")).count();
    let open = "<!DOCTYPE html><img src=\"http://leak.test/a\">";
    assert!(leaks(open) > 0, "the proxy sees what a page asks for");
    assert_eq!(leaks(&format!("<!DOCTYPE html>{POLICY}<img src=\"http://leak.test/a\">")), 0);
    let report = page(&hostile::report());
    assert!(report.contains(POLICY) && report.contains("leak.test"));
    assert_eq!(leaks(&report), 0);
    // Even without its policy the page holds nothing to ask for.
    assert_eq!(leaks(&report.replace(POLICY, "")), 0);
}
