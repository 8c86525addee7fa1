//! The progress bar: on a terminal only, gone when the work is done.

use indicatif::{ProgressBar, ProgressStyle};
use mykarte::Step;
use mykarte::record::labels::Language;

/// A bar over the steps of an import.
pub struct Bar {
    bar: ProgressBar,
    language: Language,
}

impl Bar {
    /// Hidden when stderr is no terminal.
    pub fn new(language: Language) -> Bar {
        let bar = ProgressBar::new(0);
        bar.set_style(style("{msg}"));
        Bar { bar, language }
    }

    /// Shows a step.
    pub fn step(&self, step: Step) {
        let (ja, en) = match step {
            Step::Survey => ("ファイルを探しています", "looking for files"),
            Step::Read { done, total } => {
                // Nothing of nothing would be a full bar.
                if done == 0 && total > 0 {
                    self.bar.set_style(style("{msg} [{bar:30}] {pos}/{len}"));
                }
                self.bar.set_length(total as u64);
                self.bar.set_position(done as u64);
                ("読み取っています", "reading")
            }
            Step::Build => ("記録にまとめています", "building the record"),
            Step::Store => ("暗号化して保存しています", "sealing and writing"),
        };
        self.bar.set_message(self.language.pick(ja, en).to_string());
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
