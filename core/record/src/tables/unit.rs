//! Units: the ISO+ spelling of HL7 v2.5 made readable.
//!
//! ISO+ writes units in plain ASCII: `.10*3` is "times ten to the power of three", `u` is micro, and names that do not
//! fit stand in parentheses. The unit is cut into tokens, each token that has a better spelling gets it, and everything
//! else stays exactly as the hospital sent it. Litres keep their `l`, and a `.` or `*` outside a power of ten is left
//! alone: `.5mL` must not become `×5mL`.

use super::fold;

/// Names with a spelling of their own. Case counts: `miu` is a thousandth, `MIU` a million.
const WORDS: [(&str, &str); 19] = [
    ("cel", "℃"),
    ("Cel", "℃"),
    ("permil", "‰"),
    ("pcs", "個"),
    ("meq", "mEq"),
    ("iu", "IU"),
    ("miu", "mIU"),
    ("uiu", "µIU"),
    ("ueq", "µEq"),
    ("(hg)", "Hg"),
    ("(h2o)", "H₂O"),
    ("(hpf)", "HPF"),
    ("(lpf)", "LPF"),
    ("(wf)", "WF"),
    ("(hb)", "拍"),
    ("(bsa)", "m²"),
    ("(cfu)", "CFU"),
    ("(arb_u)", "任意単位"),
    ("hr", "h"),
];
/// What may follow the `u` of micro.
const MICRO_UNITS: [&str; 18] =
    ["L", "l", "g", "m", "mol", "M", "U", "Eq", "s", "V", "A", "W", "Gy", "Sv", "Bq", "Ci", "kat", "osm"];
/// Lengths, whose square and cube are written without `*`: `kg/m2`, `mm3`.
const LENGTHS: [&str; 6] = ["m", "dm", "cm", "mm", "um", "km"];

/// The prettified ISO+ unit: `.10*3/uL` is `×10³/µL`, `cel` is `℃`; `None` when there is nothing to change.
///
/// The display text of the unit (OBX-6.2) wins where the hospital sent one.
pub fn pretty_unit(code: &str) -> Option<String> {
    let folded = fold(code);
    let mut pretty = String::with_capacity(folded.len());
    let mut rest: &str = &folded;
    while let Some(token) = next_token(rest) {
        let tail = &rest[token.len()..];
        let used = write_token(&mut pretty, token, tail);
        rest = &tail[used..];
    }
    (pretty != code && !pretty.is_empty()).then_some(pretty)
}

/// Cuts the next token off: `(name)`, a run of letters, a run of digits, or one other character.
fn next_token(rest: &str) -> Option<&str> {
    let first = rest.chars().next()?;
    let end = match first {
        '(' => rest.find(')').map_or(1, |close| close + 1),
        _ if first.is_ascii_alphabetic() => run(rest, |c| c.is_ascii_alphabetic()),
        _ if first.is_ascii_digit() => run(rest, |c| c.is_ascii_digit()),
        _ => first.len_utf8(),
    };
    rest.get(..end)
}

/// The length of the longest beginning whose characters all fulfil `wanted`.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

/// Writes one token and says how much of what follows it was written with it.
fn write_token(pretty: &mut String, token: &str, tail: &str) -> usize {
    match token {
        "." if pretty.is_empty() && (tail.starts_with("10*") || tail.starts_with("10^")) => pretty.push('×'),
        "*" | "^" if pretty.ends_with("10") => return write_power(pretty, token, tail),
        "d" => pretty.push('日'),
        _ => {
            pretty.push_str(&word(token));
            if LENGTHS.contains(&token) {
                return write_square_or_cube(pretty, tail);
            }
        }
    }
    0
}

/// `*3`, `**3`, `^3`, `*-3`: the exponent in superscript, or the sign itself when no number follows.
fn write_power(pretty: &mut String, sign: &str, tail: &str) -> usize {
    let stars = run(tail, |c| c == '*');
    let minus = usize::from(tail[stars..].starts_with('-'));
    let digits = run(&tail[stars + minus..], |c| c.is_ascii_digit());
    if digits == 0 {
        pretty.push_str(sign);
        return 0;
    }
    let end = stars + minus + digits;
    pretty.extend(tail[stars..end].chars().map(superscript));
    end
}

/// The `2` of `m2` or the `3` of `mm3`.
fn write_square_or_cube(pretty: &mut String, tail: &str) -> usize {
    let digits = run(tail, |c| c.is_ascii_digit());
    match &tail[..digits] {
        "2" => pretty.push('²'),
        "3" => pretty.push('³'),
        _ => return 0,
    }
    digits
}

/// The better spelling of one name or unit, or the token itself.
fn word(token: &str) -> String {
    if let Some((_, better)) = WORDS.iter().find(|(name, _)| *name == token) {
        return (*better).to_owned();
    }
    match token.strip_prefix('u') {
        Some(unit) if MICRO_UNITS.contains(&unit) => format!("µ{unit}"),
        _ => token.to_owned(),
    }
}

/// The superscript of a digit or minus sign.
fn superscript(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '-' => '⁻',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::pretty_unit;

    #[test]
    fn makes_iso_plus_readable() {
        for (code, pretty) in [
            (".10*3/uL", "×10³/µL"),
            (".10*2/uL", "×10²/µL"),
            ("10*12/L", "10¹²/L"),
            ("10**2", "10²"),
            ("10^4/uL", "10⁴/µL"),
            (".10*-3", "×10⁻³"),
            ("cel", "℃"),
            ("Cel", "℃"),
            ("permil", "‰"),
            ("pcs", "個"),
            ("pcs/(hpf)", "個/HPF"),
            ("/(hpf)", "/HPF"),
            ("/(lpf)", "/LPF"),
            ("(hb)/min", "拍/min"),
            ("mm(hg)", "mmHg"),
            ("(cfu)", "CFU"),
            ("(cfu)/mL", "CFU/mL"),
            ("(arb_u)/mL", "任意単位/mL"),
            ("mL/min/1.73(bsa)", "mL/min/1.73m²"),
            ("mL/min/1.73m2", "mL/min/1.73m²"),
            ("kg/m2", "kg/m²"),
            ("iu/mL", "IU/mL"),
            ("meq/L", "mEq/L"),
            ("uiu/mL", "µIU/mL"),
            ("ug/dl", "µg/dl"),
            ("umol/L", "µmol/L"),
            ("um3", "µm³"),
            ("ml/hr", "ml/h"),
            ("mm/hr", "mm/h"),
            ("d", "日"),
            ("g/d", "g/日"),
            ("3*10*3/uL", "3*10³/µL"),
            ("ｍｇ／ｄＬ", "mg/dL"),
            (" mg/dL ", "mg/dL"),
        ] {
            assert_eq!(pretty_unit(code).as_deref(), Some(pretty), "{code}");
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for code in [
            "",
            " ",
            "%",
            "mg/dL",
            "g/dl",
            "U/L",
            "pg",
            "fL",
            "kg",
            "cm",
            "mL/min",
            "sec",
            "ng/mL/1.5",
            "mU/L",
            "unit",
            "MIU",
            ".5mL",
            "5*10",
            "E.U.",
            "U.S.P.単位",
            "mol.s",
            "(あ",
            "u",
            "単位",
            "×10³/µL",
            "℃",
            "(",
            "*",
            "a*",
            "10*",
            ".",
            "mg.",
            "m20",
            "日",
        ] {
            assert_eq!(pretty_unit(code), None, "{code}");
        }
    }
}
