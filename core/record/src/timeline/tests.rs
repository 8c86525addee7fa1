//! The page by page timeline against all entries sorted at once.

use super::*;
use proptest::prelude::*;

type Dates = Vec<Option<Timestamp>>;

/// Chunk and entry, `None` in a damaged chunk.
type Places = Vec<(usize, Option<usize>)>;

fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn meta(dates: &Dates) -> ChunkMeta {
    ChunkMeta {
        entries: dates.len() as u32,
        from: dates.iter().flatten().min().copied(),
        to: dates.iter().flatten().max().copied(),
        undated: Some(dates.iter().filter(|d| d.is_none()).count() as u32),
    }
}

/// A page, and which chunks it opened. Chunks of two sections in turn.
fn look(chunks: &[Dates], span: Span, page_of: (usize, usize), damaged: &[usize]) -> (Places, bool, Vec<usize>) {
    let section = |n: usize| if n.is_multiple_of(2) { Section::Prescriptions } else { Section::Labs };
    let parts = chunks.iter().enumerate().filter_map(|(n, c)| Part::of(section(n), n as u32, meta(c), &span)).collect();
    let mut opened = Vec::new();
    let (places, more) = page(parts, &span, page_of, |part| {
        opened.push(part.seq as usize);
        (!damaged.contains(&(part.seq as usize))).then(|| chunks[part.seq as usize].clone())
    });
    (places.iter().map(|p| (p.seq as usize, p.entry)).collect(), more, opened)
}

/// All entries that belong in, sorted at once.
fn sorted(chunks: &[Dates], span: Span) -> Places {
    let mut all = Vec::new();
    for (seq, chunk) in chunks.iter().enumerate() {
        let taken = chunk.iter().enumerate().filter(|(_, d)| span.takes(**d));
        all.extend(taken.map(|(i, d)| (Reverse(d.map(|d| d.at)), seq % 2, seq, i)));
    }
    all.sort();
    all.into_iter().map(|(_, _, seq, i)| (seq, Some(i))).collect()
}

#[test]
fn newest_first_then_by_section_and_undated_last() {
    let chunks = [
        vec![date("2020-05-01"), None, date("2020-04-01")],
        vec![date("2020-05-01"), date("2020-05-01T08:00"), date("2020-04-15")],
    ];
    let (places, more, _) = look(&chunks, Span::default(), (0, 9), &[]);
    let want = [(1, 1), (0, 0), (1, 0), (1, 2), (0, 2), (0, 1)];
    assert_eq!((places, more), (want.map(|(c, i)| (c, Some(i))).to_vec(), false));
}

#[test]
fn chunks_outside_of_the_page_or_the_period_stay_closed() {
    let year = |year: i32| -> Dates { (1..=9).rev().map(|month| date(&format!("{year}-0{month}-10"))).collect() };
    let chunks: Vec<Dates> = (2011..=2020).rev().map(year).collect();
    let opened = |span, page_of| look(&chunks, span, page_of, &[]).2;
    assert_eq!(opened(Span::default(), (0, 5)), [0]);
    assert_eq!(opened(Span::default(), (47, 5)), [5]);
    assert_eq!(opened(Span::default(), (90, 5)), [] as [usize; 0]);
    let span = Span { from: date("2014-02"), to: date("2015-12") };
    assert_eq!(opened(span, (0, 100)), [5, 6]);
}

#[test]
fn a_year_belongs_to_its_last_month() {
    let chunks = [vec![date("2020-02-10"), date("2020")], vec![date("2019"), date("2021-01")]];
    let span = Span { from: date("2020-11"), to: date("2020-12") };
    assert_eq!(look(&chunks, span, (0, 9), &[]).0, [(0, Some(1))]);
}

#[test]
fn a_damaged_chunk_keeps_its_places() {
    let chunks = [vec![date("2020-05"), date("2020-04")], vec![date("2020-06"), date("2020-03"), None]];
    assert_eq!(
        look(&chunks, Span::default(), (0, 9), &[1]).0,
        [(1, None), (1, None), (1, None), (0, Some(0)), (0, Some(1))]
    );
    assert_eq!(look(&chunks, Span::default(), (3, 1), &[1]), (vec![(0, Some(0))], true, vec![1, 0]));
}

fn dates() -> impl Strategy<Value = Option<Timestamp>> {
    let day = (2018..2022i32, 1..=3u32, 1..=3u32, 0..4).prop_map(|(y, m, d, form)| match form {
        0 => format!("{y}"),
        1 => format!("{y}-{m:02}"),
        2 => format!("{y}-{m:02}-{d:02}"),
        _ => format!("{y}-{m:02}-{d:02}T08:00"),
    });
    prop_oneof![1 => Just(None), 9 => day.prop_map(|text| text.parse().ok())]
}

proptest! {
    #[test]
    fn pages_are_the_sorted_whole_cut(
        mut chunks in prop::collection::vec(prop::collection::vec(dates(), 1..8), 0..9),
        (is_sorted, from, to) in (any::<bool>(), dates(), dates()),
        (offset, limit) in (0..60usize, 0..9usize),
    ) {
        if is_sorted {
            chunks.iter_mut().for_each(|c| c.sort_by_key(|d| Reverse(d.map(|d| d.at))));
            chunks.sort_by_key(|c| Reverse(meta(c).to));
        }
        let span = Span { from, to };
        let all = sorted(&chunks, span);
        let (places, more, _) = look(&chunks, span, (offset, limit), &[]);
        prop_assert_eq!(&places[..], &all[offset.min(all.len())..(offset + limit).min(all.len())]);
        prop_assert_eq!(more, all.len() > offset + limit);
    }

    #[test]
    fn pages_together_hold_every_entry_once_beside_damage(
        chunks in prop::collection::vec(prop::collection::vec(dates(), 1..8), 1..9),
        (damaged, limit, from) in (0..9usize, 1..5usize, dates()),
    ) {
        let span = Span { from, to: None };
        let (mut all, mut offset) = (Vec::new(), 0);
        loop {
            let (places, more, _) = look(&chunks, span, (offset, limit), &[damaged]);
            all.extend(places.into_iter().filter(|(_, entry)| entry.is_some()));
            offset += limit;
            if !more { break }
        }
        let whole: Vec<_> = sorted(&chunks, span).into_iter().filter(|(seq, _)| *seq != damaged).collect();
        prop_assert_eq!(all, whole);
    }
}
