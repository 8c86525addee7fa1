//! Commands that somebody copies into a shell.

/// As a shell takes it for one word.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    if word.starts_with('-') {
        quoted(&format!("./{word}"))
    } else if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_are_quoted_where_a_shell_would_split_them() {
        for (path, want) in [
            ("/data/taro.vault", "/data/taro.vault"),
            ("記録/太郎", "記録/太郎"),
            ("my vault", "'my vault'"),
            ("it's", "'it'\\''s'"),
            ("-v", "./-v"),
        ] {
            assert_eq!(quoted(path), want);
        }
    }
}
