//! Ctrl-C and termination.
//!
//! Where they may strike at any moment they end the program. A hidden prompt
//! must first give the terminal its echo back, and an import must say that
//! nothing was written: there they are kept until somebody asks.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static HANDLER: Once = Once::new();
static KEPT: AtomicBool = AtomicBool::new(false);
static ASKED_TO_STOP: AtomicBool = AtomicBool::new(false);

/// While it lives, signals set a flag and do nothing else.
pub struct Keep;

impl Keep {
    /// Begins to keep them.
    pub fn new() -> Keep {
        KEPT.store(true, Ordering::SeqCst);
        HANDLER.call_once(|| {
            let handler = || match KEPT.load(Ordering::SeqCst) {
                true => ASKED_TO_STOP.store(true, Ordering::SeqCst),
                false => std::process::exit(1),
            };
            // Without a handler a signal ends the program at once, which loses nothing either.
            let _ = ctrlc::set_handler(handler);
        });
        Keep
    }

    /// Set when the program was asked to stop.
    pub fn flag(&self) -> &'static AtomicBool {
        &ASKED_TO_STOP
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        KEPT.store(false, Ordering::SeqCst);
    }
}
