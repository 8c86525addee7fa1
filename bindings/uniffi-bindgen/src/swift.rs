//! What is changed in the Swift that UniFFI writes.

use std::collections::BTreeSet;

/// Our way to read a number: one unaligned load. UniFFI's copies through Foundation's `Data`, some 300 ns each, and a
/// laboratory result has seventy of them (measured with `bindings/test bench`: 5,000 results in 145 ms, then 37 ms).
const READ_INT: &str = "\
fileprivate func readInt<T: FixedWidthInteger>(_ reader: inout (data: Data, offset: Data.Index)) throws -> T {
    let offset = reader.offset
    let end = offset + MemoryLayout<T>.size
    let value: T = try reader.data.withUnsafeBytes { bytes in
        guard bytes.count >= end else { throw UniffiInternalError.bufferOverflow }
        return bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
    }
    reader.offset = end
    return value.bigEndian
}
";

const BEGIN: &str =
    "fileprivate func readInt<T: FixedWidthInteger>(_ reader: inout (data: Data, offset: Data.Index)) throws -> T {\n";
/// Lines that UniFFI's body holds; another body may mean something else.
const KNOWN: [&str; 3] = ["reader.data.copyBytes(to: $0, from: range)", "return value.bigEndian", "bufferOverflow"];

/// Replaces `readInt`.
///
/// # Errors
/// The generator writes another one.
pub fn read_faster(source: &str) -> Result<String, String> {
    let other = || "UniFFI's readInt is another one now: look at bindings/uniffi-bindgen/src/swift.rs".to_string();
    let (before, rest) = source.split_once(BEGIN).ok_or_else(other)?;
    let (body, after) = rest.split_once("\n}\n").ok_or_else(other)?;
    if KNOWN.iter().all(|line| body.contains(line)) { Ok(format!("{before}{READ_INT}{after}")) } else { Err(other()) }
}

const CONVERTER: &str = "fileprivate enum FfiConverterByRefBytes: FfiConverter {\n";

/// `&[u8]` is a secret everywhere: it goes in as the type that wipes itself. A `Data` of a few bytes would be a copy. What is
/// no secret is a `Vec<u8>`, and stays `Data`.
///
/// # Errors
/// The generator writes another converter.
pub fn take_secrets(source: &str) -> Result<String, String> {
    let other = || "UniFFI's &[u8] is another one now: look at bindings/uniffi-bindgen/src/swift.rs".to_string();
    let (before, rest) = source.split_once(CONVERTER).ok_or_else(other)?;
    let (converter, after) = rest.split_once("\n}\n").ok_or_else(other)?;
    let mut converter = converter.to_string();
    for (known, ours) in [
        ("SwiftType = Data", "SwiftType = SecretBytes"),
        ("_ value: Data", "_ value: SecretBytes"),
        ("throws -> Data", "throws -> SecretBytes"),
        ("try value.withUnsafeBytes {", "try value.withBytes {"),
    ] {
        if !converter.contains(known) {
            return Err(other());
        }
        converter = converter.replace(known, ours);
    }
    Ok(format!("{before}{CONVERTER}{converter}\n}}\n{}", name_secrets(after)))
}

/// The call that a line declares.
fn declared(line: &str) -> Option<&str> {
    let calls = ["func ", "open func ", "public func "];
    let rest = calls.iter().find_map(|begin| line.trim_start().strip_prefix(begin))?;
    rest.split('(').next()
}

/// Names the type of each argument that a call lowers as a secret, also where a protocol declares it. Other bytes stay `Data`.
fn name_secrets(source: &str) -> String {
    let (mut secrets, mut call) = (BTreeSet::new(), "");
    for line in source.split('\n') {
        call = declared(line).unwrap_or(call);
        let lowered = line.split("FfiConverterByRefBytes.lower(").skip(1);
        secrets.extend(lowered.filter_map(|rest| Some((call, rest.split([')', ',']).next()?))));
    }
    let name = |line: &str| {
        let own = secrets.iter().filter(|(call, _)| declared(line) == Some(call));
        own.fold(line.to_string(), |line, (_, argument)| {
            line.replace(&format!("{argument}: Data"), &format!("{argument}: SecretBytes"))
        })
    };
    source.split('\n').map(name).collect::<Vec<_>>().join("\n")
}

/// Begins the cases of an error with a small letter, as all other enums have it already.
///
/// # Errors
/// There is no such error, or it has no cases.
pub fn spell_cases(source: &str, name: &str) -> Result<String, String> {
    let missing = || format!("no enum {name} in UniFFI's Swift");
    let begin = source.find(&format!("enum {name}:")).ok_or_else(missing)?;
    // Behind its converter, which is the last to name a case.
    let end = source[begin..].find(&format!("func FfiConverterType{name}_lift")).ok_or_else(missing)? + begin;
    let section = &source[begin..end];
    let declared = section.lines().filter_map(|line| line.trim_start().strip_prefix("case "));
    let plain = declared.filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    let cases: Vec<&str> = plain.filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next()).collect();
    if cases.is_empty() {
        return Err(missing());
    }
    Ok(format!("{}{}{}", &source[..begin], respell(section, &cases), &source[end..]))
}

/// Every `case Name` and `.Name` of the cases, whole words only.
fn respell(section: &str, cases: &[&str]) -> String {
    let mut out = String::with_capacity(section.len());
    let mut rest = section;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        let (gap, word) = rest.split_at(at);
        let length = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        let (word, behind) = word.split_at(length);
        out.push_str(gap);
        let is_case = out.ends_with("case ") || out.ends_with('.');
        match word.chars().next().filter(|_| is_case && cases.contains(&word)) {
            Some(first) => {
                out.push(first.to_ascii_lowercase());
                out.push_str(&word[1..]);
            }
            None => out.push_str(word),
        }
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_spelled_and_nothing_else_is() {
        let source = "enum OtherError: E {\n case Locked\n}\n\
            enum MyError: E {\n case Locked\n case WrongCode(tries: UInt32)\n}\n\
            struct FfiConverterTypeMyError {\n case 1: return .Locked\n case let .WrongCode(tries): Locked()\n}\n\
            func FfiConverterTypeMyError_lift\n.Locked\n";
        let spelled = spell_cases(source, "MyError");
        let want = "enum OtherError: E {\n case Locked\n}\n\
            enum MyError: E {\n case locked\n case wrongCode(tries: UInt32)\n}\n\
            struct FfiConverterTypeMyError {\n case 1: return .locked\n case let .wrongCode(tries): Locked()\n}\n\
            func FfiConverterTypeMyError_lift\n.Locked\n";
        assert_eq!(spelled.as_deref(), Ok(want));
        assert!(spell_cases(source, "NoError").is_err());
    }

    #[test]
    fn bytes_are_secrets_or_nothing_is_written() {
        let known = format!(
            "{CONVERTER}typealias SwiftType = Data\nlower(_ value: Data) {{ try value.withUnsafeBytes {{ }} }}\nlift() throws -> Data\n\
             }}\nfunc unlock(passcode: Data, list: Data) throws -> Data\n\
             open func unlock(passcode: Data, list: Data)throws -> Data {{\n\
             FfiConverterByRefBytes.lower(passcode) {{\nFfiConverterData.lower(list)\nvar root: Data)\n\
             open func read(passcode: Data) {{\n"
        );
        let taken = take_secrets(&known).expect("known");
        for call in [
            "\nfunc unlock(passcode: SecretBytes, list: Data) throws -> Data\n",
            "open func unlock(passcode: SecretBytes, list: Data)throws -> Data {",
            "open func read(passcode: Data) {",
        ] {
            assert!(taken.contains(call), "{taken}");
        }
        assert!(taken.contains("lower(_ value: SecretBytes) { try value.withBytes {") && taken.contains("root: Data)"));
        assert!(take_secrets(&known.replace("SwiftType", "Other")).is_err());
    }

    #[test]
    fn another_reader_is_left_alone_loudly() {
        let known = format!("a\n{BEGIN}    {}\n}}\nb\n", KNOWN.join("\n    "));
        assert_eq!(read_faster(&known), Ok(format!("a\n{READ_INT}b\n")));
        assert!(read_faster(&known.replace("bigEndian", "littleEndian")).is_err());
        assert!(read_faster("func readInt() {}\n").is_err());
    }
}
