//! The bar of a download: on a terminal only, gone when it is done.

use indicatif::{ProgressBar, ProgressStyle};
use mykarte::record::labels::Language;

/// Bytes that came.
pub struct Bar(ProgressBar);

impl Bar {
    /// Hidden when stderr is no terminal.
    pub fn new(language: Language) -> Bar {
        let bar = ProgressBar::new(0);
        bar.set_style(style("{msg}"));
        bar.set_message(language.pick("受け取っています", "fetching"));
        Bar(bar)
    }

    /// So many of so many.
    pub fn show(&self, done: u64, total: Option<u64>) {
        if let Some(total) = total {
            if self.0.length() != Some(total) {
                self.0.set_style(style("{msg} [{bar:30}] {bytes}/{total_bytes}"));
                self.0.set_length(total);
            }
            self.0.set_position(done);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
