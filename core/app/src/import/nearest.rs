//! Ids that look like the one that was typed.

use ssmix2::types::{fold_id, is_same_id};

/// The `limit` nearest of `ids` by edit distance, at most a third of the length away.
pub fn nearest<'a>(wanted: &str, ids: impl Iterator<Item = &'a str>, limit: usize) -> Vec<String> {
    let wanted: Vec<char> = wanted.trim().chars().collect();
    let mut found: Vec<(usize, &str)> = ids.map(|id| (distance(&wanted, id), id)).collect();
    found.sort_unstable();
    found.dedup();
    let far = (wanted.len() / 3).max(2);
    found.into_iter().take_while(|(d, _)| *d <= far).take(limit).map(|(_, id)| id.to_string()).collect()
}

/// Whether two ids differ so little that one may be a slip: in one character. Zeros in front make no difference at all.
pub fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (fold_id(a), fold_id(b));
    !is_same_id(&a, &b) && distance(&a.chars().collect::<Vec<_>>(), &b) == 1
}

/// Levenshtein distance.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, c) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, d) in a.iter().enumerate() {
            let substituted = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[a.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_slips_are_found() {
        let ids = ["9999013", "9999031", "1234567", "0000001"];
        assert_eq!(nearest("9999012", ids.into_iter(), 5), ["9999013", "9999031"]);
        assert_eq!(nearest("5555555", ids.into_iter(), 5), Vec::<String>::new());
    }

    #[test]
    fn one_character_is_a_slip_and_zeros_in_front_are_none() {
        let near = |id| is_near("0000311", id);
        assert_eq!(["0000312", "00003110", "0000811"].map(near), [true; 3]);
        assert_eq!(["0000311", "００００３１１", " 0000311 ", "311", "000311", "0000322", ""].map(near), [false; 7]);
    }
}
