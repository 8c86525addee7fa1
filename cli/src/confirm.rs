//! A question with yes or no, before what cannot be undone.

use crate::failure::Failure;
use crate::out::Out;
use std::io::{BufRead, IsTerminal};

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// Anything else: nothing is done by mistake.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Asks; `--yes` answers beforehand. What was printed comes before the question.
pub fn ask(yes: bool, question: &str, out: &mut Out) -> Result<Answer, Failure> {
    if yes {
        out.finish()?;
        return Ok(Answer::Yes);
    }
    Ok(match typed(question, out)? {
        None => Answer::Nobody,
        Some(typed) if is_yes(&typed) => Answer::Yes,
        Some(_) => Answer::No,
    })
}

/// What somebody types behind a question, empty where that cannot be read; `None` where there is no terminal.
pub fn typed(question: &str, out: &mut Out) -> Result<Option<String>, Failure> {
    out.finish()?;
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Ok(None);
    }
    out.ask(question);
    let mut typed = String::new();
    let read = stdin.lock().read_line(&mut typed);
    Ok(Some(read.map(|_| typed).unwrap_or_default()))
}

fn is_yes(typed: &str) -> bool {
    matches!(typed.trim().to_lowercase().as_str(), "y" | "yes" | "ｙ" | "はい")
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_yes_is_yes() {
        assert!(["y\n", " Yes ", "Ｙ", "はい\r\n"].iter().all(|typed| super::is_yes(typed)));
        assert!(["", "\n", "n", "yy", "いいえ"].iter().all(|typed| !super::is_yes(typed)));
    }
}
