//! What a program that holds keys or patients' data asks of the system before anything else.

/// No core dump is written of this process, and no other process of its user reads its memory: a crash leaves nothing of it on
/// a disk. Where the system refuses it goes on, for nobody would be helped by a counter that does not start.
pub fn keep_memory_in() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    // A limit does not keep from a pipe: systems that collect dumps get them through one.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    #[test]
    fn a_crash_leaves_no_memory_on_a_disk() {
        keep_memory_in();
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
