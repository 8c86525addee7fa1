//! The only way to stdout and stderr.
//!
//! Lines are escaped and coloured here and nowhere else. A closed pipe ends the
//! program quietly; stderr is never worth a failure.

use crate::failure::Failure;
use crate::print::line::{Line, Style};
use mykarte::record::labels::Language;
use std::io::{BufWriter, ErrorKind, IsTerminal, Stdout, Write};

/// Where everything is printed.
pub struct Out {
    /// The language of all sentences.
    pub language: Language,
    colour: bool,
    colour_hints: bool,
    stdout: BufWriter<Stdout>,
}

impl Out {
    /// Colour only on a terminal, and not where NO_COLOR is set.
    pub fn new(language: Language) -> Out {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Out {
            language,
            colour: wanted && std::io::stdout().is_terminal(),
            colour_hints: wanted && std::io::stderr().is_terminal(),
            stdout: BufWriter::with_capacity(64 << 10, std::io::stdout()),
        }
    }

    /// Picks one of two texts by language.
    pub fn pick<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        self.language.pick(ja, en)
    }

    /// One line of data.
    pub fn line(&mut self, line: impl Into<Line>) -> Result<(), Failure> {
        let text = line.into().render(self.colour);
        self.raw(text.as_bytes())?;
        self.raw(b"\n")
    }

    /// A blank line.
    pub fn blank(&mut self) -> Result<(), Failure> {
        self.raw(b"\n")
    }

    /// Bytes as they are (JSON).
    pub fn raw(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.stdout.write_all(bytes);
        written.map_err(|error| self.gone(&error))
    }

    /// Hands over what is buffered.
    pub fn finish(&mut self) -> Result<(), Failure> {
        let flushed = self.stdout.flush();
        flushed.map_err(|error| self.gone(&error))
    }

    fn gone(&self, error: &std::io::Error) -> Failure {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::ReaderGone,
            ErrorKind::StorageFull => Failure::Refused(
                self.pick("出力先に空き容量がありません。", "no space left where the output goes").to_string(),
            ),
            _ => Failure::Refused(self.pick("出力できません。", "the output cannot be written").to_string()),
        }
    }

    /// A hint on stderr.
    pub fn hint(&self, line: impl Into<Line>) {
        self.stderr(line.into());
    }

    /// A warning on stderr.
    pub fn warn(&self, text: &str) {
        self.stderr(Line::new().styled(Style::Warn, self.pick("注意: ", "note: ")).plain(text));
    }

    /// The sentence of a failure on stderr.
    pub fn error(&self, text: &str) {
        self.stderr(Line::new().styled(Style::Alert, self.pick("エラー: ", "error: ")).plain(text));
    }

    /// A question on stderr; the answer is typed behind it.
    pub fn ask(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// Lines that are shown once and kept nowhere. Only here a failure of stderr is one.
    pub fn reveal(&self, lines: &[&str]) -> std::io::Result<()> {
        let mut stderr = std::io::stderr().lock();
        lines.iter().try_for_each(|line| {
            stderr.write_all(line.as_bytes())?;
            stderr.write_all(b"\n")
        })
    }

    fn stderr(&self, line: Line) {
        let mut text = line.render(self.colour_hints);
        text.push('\n');
        // Nobody listens: nothing to be done.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
