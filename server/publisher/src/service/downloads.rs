//! Packages that are open: each is a descriptor and some memory for as long as a phone takes to read it.

use crate::packages::Body;
use crate::shares::{Share, Shares};
use futures_util::StreamExt;
use mykarte_vault::package::EnrolmentId;
use mykarte_wire::problem::Kind;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Of one enrolment. A phone reads one; where its line breaks again and again, those that it left are open until the line's
/// time limit.
const OF_ONE_ENROLMENT: usize = 8;
/// Of all together: as many as connections. One over HTTP/2 may have several, and the descriptors are counted for this.
const OF_ALL: usize = 2_000;

/// Who has packages open.
pub struct Downloads {
    enrolments: Arc<Shares<EnrolmentId>>,
    room: Arc<Semaphore>,
}

/// A package that may be open; dropped, another may be.
#[derive(Debug)]
pub struct Download {
    _share: Share<EnrolmentId>,
    _room: OwnedSemaphorePermit,
}

impl Default for Downloads {
    fn default() -> Self {
        Downloads::with_room(OF_ALL)
    }
}

impl Downloads {
    fn with_room(all: usize) -> Downloads {
        Downloads { enrolments: Arc::default(), room: Arc::new(Semaphore::new(all)) }
    }

    /// One more of an enrolment.
    ///
    /// # Errors
    /// [`Kind::TooMany`] over its share; [`Kind::Unavailable`] where all together have too many.
    pub fn begin(&self, enrolment: EnrolmentId) -> Result<Download, Kind> {
        let share = self.enrolments.take(enrolment, OF_ONE_ENROLMENT).ok_or(Kind::TooMany)?;
        let room = self.room.clone().try_acquire_owned().map_err(|_| Kind::Unavailable)?;
        Ok(Download { _share: share, _room: room })
    }
}

impl Download {
    /// The bytes of its package: it is over with them, or when nobody wants them any more.
    pub fn of(self, body: Body) -> Body {
        body.inspect(move |_| {
            let _open = &self;
        })
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_together_have_a_bound_and_what_ends_gives_its_place_back() {
        let (downloads, ids) = (Downloads::with_room(3), [1_u8, 2, 3, 4].map(|n| EnrolmentId::from_bytes([n; 16])));
        let open: Vec<Download> = ids.iter().filter_map(|id| downloads.begin(*id).ok()).collect();
        assert_eq!(open.len(), 3);
        assert_eq!(downloads.begin(ids[3]).err(), Some(Kind::Unavailable));
        drop(open);
        // The share of one that found no room is its own again.
        let open: Vec<Download> = (0..9).filter_map(|_| downloads.begin(ids[3]).ok()).collect();
        assert_eq!(open.len(), 3);
    }

    #[test]
    fn a_share_is_small_and_two_hundred_phones_have_one_each() {
        let downloads = Downloads::default();
        let ids = (0..=200_u8).map(|n| EnrolmentId::from_bytes([n; 16]));
        let open: Vec<Download> = ids.map(|id| downloads.begin(id).unwrap()).collect();
        let of_one = EnrolmentId::from_bytes([0; 16]);
        let more: Vec<Download> = (0..20).filter_map(|_| downloads.begin(of_one).ok()).collect();
        assert_eq!((open.len(), more.len(), downloads.begin(of_one).err()), (201, 7, Some(Kind::TooMany)));
        drop(open);
        assert!(downloads.begin(of_one).is_ok());
    }
}
