//! What finished calls leave on a thread's stack.
//!
//! Short texts live in the frames of those who read them, not on the heap, and a frame that was given back is nobody's to
//! wipe. So it is overwritten from above: when an open archive goes, and by the bindings after every call.

use zeroize::Zeroize;

/// More than reading ever takes, also unoptimised (45 KiB), and little beside the smallest stack of a platform (512 KiB).
const ROOM: usize = 64 << 10;

/// Overwrites the stack of this thread below its caller.
#[inline(never)]
pub fn wipe() {
    let mut room = [0_u64; ROOM / 8];
    room.zeroize();
    std::hint::black_box(&room);
}
