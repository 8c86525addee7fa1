//! `inspect`: one message as it is in the file, decoded, field by field.
//!
//! For the person who asks why a file was put aside or what a vendor wrote.
//! Nothing is interpreted: what was sent is shown, with the names of the
//! standard beside it.

mod fields;

use crate::failure::Failure;
use crate::files;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::{codes, package as words};
use mykarte::ssmix2::charset::Charset;
use mykarte::ssmix2::clinical::check_id;
use mykarte::ssmix2::message::{Delimiters, File, Message};
use mykarte::ssmix2::storage::{FileName, Flag, ReadError, read_file};
use mykarte::ssmix2::{Code, DataType, Diagnostic};
use mykarte::vault::package::FileKind;
use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::Path;

/// Shows a file.
pub fn run(path: &Path, out: &mut Out) -> Result<(), Failure> {
    check_kind(path, out)?;
    let bytes = read(path, out)?;
    let mut file = File::decode(&bytes, 0);
    let mut findings = std::mem::take(&mut file.diagnostics);
    let cache = RefCell::default();
    let messages = file.messages(0, &cache);
    if messages.is_empty() {
        return Err(refused(path, Code::NotHl7, out));
    }
    let name = path.file_name().and_then(|n| n.to_str()).and_then(|n| FileName::parse(n).ok());
    if let Some(name) = &name {
        for message in &messages {
            // Asked for what it notes.
            let _ = check_id(message, &name.patient);
        }
    }
    messages.iter().for_each(|m| findings.extend(m.take_diagnostics()));
    head(&file, &messages, name.as_ref(), bytes.len(), out)?;
    for (number, text) in file.segments() {
        out.blank()?;
        fields::segment(number, text, delimiters(&messages, number), out)?;
    }
    tell(&findings, out)
}

/// What is sealed or signed has commands of its own.
fn check_kind(path: &Path, out: &Out) -> Result<(), Failure> {
    // A pipe can be read only once.
    let first = if path.is_file() { files::begin(path, 8).unwrap_or_default() } else { Vec::new() };
    let text = match FileKind::of(&first) {
        None => return Ok(()),
        Some(FileKind::Package) => words::is_a_package(out.language),
        Some(FileKind::KeyList) => words::is_a_list(out.language),
    };
    Err(Failure::Refused(format!("{}: {text}", path.display())))
}

/// The delimiters of the message a segment stands in.
fn delimiters(messages: &[Message<'_>], number: u32) -> Delimiters {
    let begins = |m: &&Message<'_>| m.segments().next().is_some_and(|s| s.number() <= number);
    messages.iter().rev().find(begins).map_or_else(Delimiters::default, |m| m.delimiters)
}

fn read(path: &Path, out: &Out) -> Result<Vec<u8>, Failure> {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            let (ja, en) = ("フォルダです。ファイルを1つ指定してください。", "this is a folder; give one file.");
            Err(Failure::Refused(format!("{}: {}", path.display(), out.pick(ja, en))))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let (ja, en) = ("ファイルがありません。パスを確かめてください。", "no such file; check the path.");
            Err(Failure::Refused(format!("{}: {}", path.display(), out.pick(ja, en))))
        }
        _ => read_file(path).map_err(|ReadError(code)| refused(path, code, out)),
    }
}

fn refused(path: &Path, code: Code, out: &Out) -> Failure {
    let (ja, en) = match code {
        Code::NotHl7 => ("SS-MIX2 のファイルを指定してください。", "give a file of an SS-MIX2 storage."),
        Code::FileUnreadable => ("読める権限で実行してください。", "run with the permission to read it."),
        _ => ("元のファイルを確かめてください。", "check the original file."),
    };
    Failure::Refused(format!("{}: {}。{}", path.display(), codes::text(code, out.language), out.pick(ja, en)))
}

fn head(
    file: &File,
    messages: &[Message<'_>],
    name: Option<&FileName>,
    size: usize,
    out: &mut Out,
) -> Result<(), Failure> {
    if let Some(name) = name {
        let kind = DataType::from_folder(&name.data_type).map_or("", |(kind, _)| kind.label());
        let (ja, en) = match name.flag {
            Flag::Current => ("有効", "current"),
            Flag::Superseded => ("旧版", "superseded"),
            Flag::Deleted => ("削除", "deleted"),
        };
        let flag = out.pick(ja, en);
        let (patient, date) = (&name.patient, &name.care_date);
        out.line(Line::new().bold(format!("{} {kind}", name.data_type)).plain(format!(
            "   {} {patient}   {} {date}   {} {}   {flag}",
            out.pick("患者ID", "patient"),
            out.pick("診療日", "care date"),
            out.pick("オーダ番号", "order"),
            name.order,
        )))?;
    }
    let charset = match file.charset {
        Charset::Jis => "JIS (ISO-2022-JP)",
        Charset::Cp932 => "Shift_JIS (CP932)",
        Charset::EucJp => "EUC-JP",
        Charset::Utf8 => "UTF-8",
    };
    let d = messages[0].delimiters;
    let marks: String = [d.field, d.component, d.repetition, d.escape, d.subcomponent].into_iter().collect();
    out.line(format!(
        "{} {charset}   {} {marks}   {} {}   {} {}   {size} {}",
        out.pick("文字コード", "charset"),
        out.pick("区切り", "delimiters"),
        out.pick("メッセージ", "messages"),
        messages.len(),
        out.pick("セグメント", "segments"),
        file.segments().count(),
        out.pick("バイト", "bytes"),
    ))
}

/// What was noticed while reading, with its place.
fn tell(findings: &[Diagnostic], out: &mut Out) -> Result<(), Failure> {
    if findings.is_empty() {
        return Ok(());
    }
    out.blank()?;
    out.line(Line::new().bold(out.pick("読み取りの所見", "Findings")))?;
    for finding in findings {
        let at = &finding.at;
        let mut place = match at.segment {
            0 => out.pick("ファイル全体", "the file").to_string(),
            n => format!("[{n}]"),
        };
        if at.field > 0 {
            place.push_str(&format!("-{}", at.field));
        }
        if at.offset > 0 {
            place.push_str(&format!(" ({}{})", at.offset, out.pick("バイト目", " bytes in")));
        }
        let text = codes::text(finding.code, out.language);
        out.line(Line::from("  ").plain(place).plain("  ").styled(Style::Warn, text))?;
    }
    Ok(())
}
