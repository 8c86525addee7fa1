//! All documents of a kind, a page at a time: memory does not grow with them.

use crate::{Document, StateError, Store};

/// Documents read in one go.
const PAGE: usize = 500;

/// The documents of a kind in the order of their ids, as they were when each page was read. After an error it ends.
pub fn documents<'s>(
    store: &'s dyn Store,
    kind: &'s str,
) -> impl Iterator<Item = Result<(String, Document), StateError>> {
    let (mut last, mut is_over) = (None::<String>, false);
    let pages = std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let page = store.list(kind, last.as_deref(), PAGE);
        is_over = page.as_ref().map_or(true, |page| page.len() < PAGE);
        if let Ok(Some((end, _))) = page.as_ref().map(|page| page.last()) {
            last = Some(end.clone());
        }
        Some(page)
    });
    pages.flat_map(|page| match page {
        Ok(page) => page.into_iter().map(Ok).collect::<Vec<_>>(),
        Err(error) => vec![Err(error)],
    })
}
