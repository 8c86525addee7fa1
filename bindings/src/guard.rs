//! Every call goes through here: a panic becomes an error, and nothing of it is printed but its place.
//!
//! What a panic says may hold a patient's text, so the library's own hook, which would print it, is replaced. The hook
//! is this library's alone: it holds its own copy of the standard library.

use crate::error::MyKarteError;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

#[cfg(not(panic = "unwind"))]
compile_error!("a panic must unwind here: it becomes an error for the app");

thread_local! {
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Does the work of a call. After a panic the values it worked on are as they were or as they would be after an error: a
/// vault changes its state in one step behind a durable write.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, MyKarteError>) -> Result<T, MyKarteError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(set_hook);
    // Whoever panicked without a place of its own (a worker thread) has none.
    PLACE.with_borrow_mut(String::clear);
    let done = catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(MyKarteError::Defect { place: PLACE.with_borrow(Clone::clone) }));
    // Texts and keys that this thread would keep for as long as the app has it.
    mykarte::stack::wipe();
    done
}

fn set_hook() {
    #[cfg(test)]
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        keep_place(panic.location());
        #[cfg(test)]
        usual(panic);
    }));
}

/// File name and line; a path would name the machine that built the library.
fn keep_place(location: Option<&std::panic::Location<'_>>) {
    let Some(location) = location else { return };
    let file = location.file().rsplit(['/', '\\']).next().unwrap_or_default();
    PLACE.with_borrow_mut(|place| *place = format!("{file}:{}", location.line()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_that_says_where_and_not_what() {
        let error = guarded::<()>(|| panic!("胃癌")).unwrap_err();
        let MyKarteError::Defect { place } = &error else { panic!("{error:?}") };
        assert!(place.starts_with("guard.rs:") && !format!("{error:?} {error}").contains("胃癌"), "{error:?}");
        assert_eq!(guarded(|| Ok(1)), Ok(1));
    }
}
