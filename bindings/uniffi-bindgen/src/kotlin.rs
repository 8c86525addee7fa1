//! What is changed in the Kotlin that UniFFI writes.

/// What a listener throws is caught where it is an `Exception`; an `Error` (a failed assertion, `TODO()`) would pass
/// through JNA, which prints it, and the library would take the call for done.
const CATCHES: &str = "    } catch(e: kotlin.Exception) {\n";

/// Catches everything a listener throws.
///
/// # Errors
/// The generator writes something else there.
pub fn catch_everything(source: &str) -> Result<String, String> {
    let changed = source.replace(CATCHES, "    } catch(e: Throwable) {\n");
    if source.matches(CATCHES).count() == 2 {
        Ok(changed)
    } else {
        Err("UniFFI's callbacks are other ones now: look at bindings/uniffi-bindgen/src/kotlin.rs".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_places_are_changed_or_nothing_is() {
        let known = format!("a\n{CATCHES}b\n{CATCHES}c\n");
        let caught = catch_everything(&known).expect("known");
        assert!(!caught.contains("kotlin.Exception") && caught.matches("Throwable").count() == 2);
        assert!(catch_everything(CATCHES).is_err());
    }
}
