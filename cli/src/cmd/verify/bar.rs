//! The bar of a drill: on a terminal only, gone when it is done.

use indicatif::{ProgressBar, ProgressStyle};
use mykarte::record::labels::Language;

/// Patients that were looked at.
pub struct Bar(ProgressBar);

impl Bar {
    /// Hidden when stderr is no terminal.
    pub fn new(language: Language) -> Bar {
        let bar = ProgressBar::new(0);
        bar.set_style(style("{msg}"));
        bar.set_message(language.pick("患者を探しています", "looking for patients"));
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        Bar(bar.with_finish(indicatif::ProgressFinish::AndClear))
    }

    /// So many of so many.
    pub fn show(&self, done: usize, all: usize) {
        if self.0.length() != Some(all as u64) {
            self.0.set_style(style("[{bar:30}] {pos}/{len}  {eta}"));
            self.0.set_length(all as u64);
        }
        self.0.set_position(done as u64);
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
