//! What is changed in the Kotlin that UniFFI writes.
//!
//! Everything hangs on texts that it writes today; where one is missing, that is an error and somebody looks.

/// What a listener throws is caught where it is an `Exception`; an `Error` (a failed assertion, `TODO()`) would pass
/// through JNA, which prints it, and the library would take the call for done.
const CATCH: (&str, &str) = ("    } catch(e: kotlin.Exception) {\n", "    } catch(e: Throwable) {\n");

/// A text with half a surrogate pair, and an object that was closed, are errors of ours like all others.
const ERRORS: [(&str, &str); 2] = [
    (
        "        return Charsets.UTF_8.newEncoder().run {\n            onMalformedInput(CodingErrorAction.REPORT)\n            \
         encode(CharBuffer.wrap(value))\n        }\n",
        "        return try {\n            Charsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT)\
         .encode(CharBuffer.wrap(value))\n        } catch (e: java.nio.charset.CharacterCodingException) {\n            \
         throw MyKarteException.InvalidArgument(\"text\")\n        }\n",
    ),
    (
        "throw IllegalStateException(\"${this.javaClass.simpleName} object has already been destroyed\")",
        "throw MyKarteException.Closed()",
    ),
];

/// The handle is cloned when nothing can fail any more; and for an argument, too, only of an object that is not closed.
const HANDLES: [(&str, &str); 3] = [
    ("callWithHandle(block: (handle: Long) -> R): R {", "callWithHandle(block: () -> R): R {"),
    ("return block(this.uniffiCloneHandle())", "return block()"),
    ("return value.uniffiCloneHandle()", "return value.callWithHandle { value.uniffiCloneHandle() }"),
];

/// `&[u8]` is a secret everywhere: there is no way past the type that wipes itself.
const BYTES: &str = "java.nio.ByteBuffer";
const CONVERTER: &str = "internal object FfiConverterByRefBytes : ";
const REQUIRE: &str = "        require(value.isDirect) ";

/// What the names of the types hold that the app implements.
const FOREIGN: [&str; 2] = ["Listener", "HttpClient"];

const CALL: &str = "    uniffiRustCallWithError(";

/// All changes.
///
/// # Errors
/// The generator writes something else somewhere.
pub fn mend(source: &str) -> Result<String, String> {
    let mut source = catch_everything(source)?;
    for (known, ours) in ERRORS.into_iter().chain(HANDLES) {
        source = replace(&source, known, ours)?;
    }
    lower_first(&say_errors(&take_secrets(&source)?)?)
}

fn replace(source: &str, known: &str, ours: &str) -> Result<String, String> {
    if source.contains(known) { Ok(source.replace(known, ours)) } else { Err(missing(known)) }
}

fn missing(known: &str) -> String {
    format!("UniFFI no longer writes {known:?}: look at bindings/uniffi-bindgen/src/kotlin.rs")
}

fn split<'s>(source: &'s str, at: &str) -> Result<(&'s str, &'s str), String> {
    source.split_once(at).ok_or_else(|| missing(at))
}

fn catch_everything(source: &str) -> Result<String, String> {
    if source.matches(CATCH.0).count() == 2 { replace(source, CATCH.0, CATCH.1) } else { Err(missing(CATCH.0)) }
}

/// The converter takes the buffer out of the secret, which throws when it is wiped.
fn take_secrets(source: &str) -> Result<String, String> {
    let (before, rest) = split(source, CONVERTER)?;
    let (converter, after) = split(rest, "\n}\n")?;
    let (head, lower) = split(converter, REQUIRE)?;
    let (_, lower) = split(lower, "\n")?;
    let lower = lower.replace("value.remaining()", "buffer.remaining()").replace("Pointer(value)", "Pointer(buffer)");
    // A buffer to read from stays one.
    let lower = lower.replace(&format!("buf: {BYTES}"), "buf: ByteBuffer");
    let converter = format!("{head}        val buffer = value.bytes\n{lower}");
    let all = format!("{before}{CONVERTER}{converter}\n}}\n{after}");
    let all = replace(&all, &format!("<{BYTES}"), "<SecretBytes")?;
    replace(&all, &format!(": {BYTES}"), ": SecretBytes")
}

/// An exception says what the library's error says; UniFFI's lists its fields.
fn say_errors(source: &str) -> Result<String, String> {
    let (before, rest) = split(source, "sealed class MyKarteException")?;
    let (cases, after) = split(rest, "companion object")?;
    let text = |line: &str| {
        if line.trim_start().starts_with("get() = \"") { "get() = textOf(this)" } else { line }.to_string()
    };
    let said: Vec<String> = cases.split('\n').map(text).collect();
    Ok(format!("{before}sealed class MyKarteException{}companion object{after}", said.join("\n")))
}

/// Arguments are lowered before the handle is cloned: one that is refused would leave the clone behind, and a vault of
/// which anything is left behind never closes.
fn lower_first(source: &str) -> Result<String, String> {
    let mut calls = source.split(CALL);
    let begin = calls.next().unwrap_or_default().to_string();
    calls.try_fold(begin, |done, rest| Ok(done + &call(rest)?))
}

fn call(source: &str) -> Result<String, String> {
    let (error, rest) = split(source, ") { _status ->\n    UniffiLib.")?;
    let (name, rest) = split(rest, "(\n")?;
    let (args, after) = split(rest, "_status)\n}\n")?;
    let mut args: Vec<&str> =
        args.lines().map(|line| line.trim().trim_end_matches(',')).filter(|a| !a.is_empty()).collect();
    let own = if args.first() == Some(&"it") { "uniffiCloneHandle(), " } else { "" };
    args.retain(|arg| *arg != "it");
    // What the app implements cannot be refused, nor given back.
    let mut order: Vec<usize> = (0..args.len()).collect();
    order.sort_by_key(|at| FOREIGN.iter().any(|name| args[*at].contains(name)));
    let mut lowered = String::new();
    for (done, at) in order.iter().enumerate() {
        let before: Vec<String> = order[..done].iter().map(|at| format!("uniffi{at}")).collect();
        let arg = args[*at];
        lowered += &match before.join(", ") {
            none if none.is_empty() => format!("    val uniffi{at} = {arg}\n"),
            before => format!("    val uniffi{at} = orGiveBack({before}) {{ {arg} }}\n"),
        };
    }
    let passed: String = (0..args.len()).map(|at| format!("uniffi{at}, ")).collect();
    Ok(format!(
        "    run {{\n{lowered}{CALL}{error}) {{ _status ->\n    UniffiLib.{name}({own}{passed}_status)\n}}\n    }}\n{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_catches_are_changed_or_none_is() {
        let known = format!("a\n{0}b\n{0}c\n", CATCH.0);
        let caught = catch_everything(&known).expect("known");
        assert!(!caught.contains("kotlin.Exception") && caught.matches("Throwable").count() == 2);
        assert!(catch_everything(CATCH.0).is_err());
    }

    #[test]
    fn the_handle_comes_last_and_what_the_app_implements_after_what_can_fail() {
        let method = "callWithHandle {\n    uniffiRustCallWithError(E) { _status ->\n    UniffiLib.f(\n        it,\n        \n        \
            TypeHttpClient.lower(`a`),\n        OptionalListener.lower(`l`),\n        B.lower(`b`),_status)\n}\n    }\n";
        let want = "callWithHandle {\n    run {\n    val uniffi2 = B.lower(`b`)\n    \
            val uniffi0 = orGiveBack(uniffi2) { TypeHttpClient.lower(`a`) }\n    \
            val uniffi1 = orGiveBack(uniffi2, uniffi0) { OptionalListener.lower(`l`) }\n    \
            uniffiRustCallWithError(E) { _status ->\n    \
            UniffiLib.f(uniffiCloneHandle(), uniffi0, uniffi1, uniffi2, _status)\n}\n    }\n    }\n";
        assert_eq!(lower_first(method).as_deref(), Ok(want));
        let function = "    uniffiRustCallWithError(E) { _status ->\n    UniffiLib.f(\n    \n        _status)\n}\n";
        assert!(lower_first(function).expect("known").contains("UniffiLib.f(_status)"));
        assert!(lower_first("    uniffiRustCallWithError(E) { other ->\n").is_err());
    }

    #[test]
    fn bytes_are_secrets_or_nothing_is_written() {
        let known = format!(
            "import {BYTES}\n{CONVERTER}X<{BYTES}> {{\n    fun lower(value: {BYTES}) {{\n{REQUIRE}{{ }}\n        val n = value.remaining()\n    \
             }}\n}}\nfun f(`a`: {BYTES})\n"
        );
        let taken = take_secrets(&known).expect("known");
        assert!(taken.starts_with(&format!("import {BYTES}\n")), "{taken}");
        assert!(taken.contains("val buffer = value.bytes\n        val n = buffer.remaining()"), "{taken}");
        assert!(taken.ends_with("fun f(`a`: SecretBytes)\n") && !taken.contains("require"), "{taken}");
        assert!(take_secrets("fun f()").is_err());
    }

    #[test]
    fn only_our_errors_say_their_text() {
        let known =
            "get() = \"\"\nsealed class MyKarteException\n    get() = \"a=${ `a` }\"\ncompanion object\nget() = \"\"\n";
        let want =
            "get() = \"\"\nsealed class MyKarteException\nget() = textOf(this)\ncompanion object\nget() = \"\"\n";
        assert_eq!(say_errors(known).as_deref(), Ok(want));
    }
}
