//! What a signature does not excuse: packages that only somebody with a signing key could have made.

use std::time::Instant;

use super::super::body::{self, Body};
use super::super::keys::make_seed;
use super::super::seal::PLAIN_CHUNK;
use super::*;
use crate::aead;
use crate::codec::Writer;
use crate::pack;

/// A package around any body, everything else in order.
fn sealed(world: &World, body: &Body) -> Vec<u8> {
    world.issue().seal_body(body, make_seed().unwrap()).unwrap()
}

/// One line of an index: section, number, plain length, frame length, hash, meta.
struct Line<'a>(&'a str, u32, u32, &'a [u8], [u8; 32]);

fn body(lines: &[Line<'_>], plain_len: u64) -> Body {
    let mut index = Writer::new();
    index.u32(lines.len() as u32);
    for Line(section, seq, plain_len, frame, hash) in lines {
        index.field(section.as_bytes());
        index.u32(*seq);
        index.u32(*plain_len);
        index.u32(frame.len() as u32);
        index.raw(hash);
        index.field(b"");
    }
    let index = index.finish();
    let mut bytes = Writer::new();
    bytes.field(&pack::frame(&index));
    lines.iter().for_each(|line| bytes.raw(line.3));
    Body { bytes: bytes.finish(), plain_len, index_hash: aead::derive_hash(&index) }
}

#[expect(clippy::print_stdout, reason = "what a bomb costs whoever looks at it")]
fn refusal_of(lines: &[Line<'_>]) -> PackageError {
    let world = World::make();
    let plain_len = lines.iter().map(|line| u64::from(line.2)).sum();
    let package = sealed(&world, &body(lines, plain_len));
    let begun = Instant::now();
    let refusal = world.refusal(&package);
    println!("{} KiB, {refusal:?}: {:?}", package.len() >> 10, begun.elapsed());
    refusal
}

#[test]
fn bombs_of_each_kind_are_refused() {
    let bomb = |bomb| PackageError::Bomb { bomb };
    let of_frame = |frame: &[u8]| refusal_of(&[Line("labs", 0, 4, frame, [0; 32])]);
    let good = zstd::bulk::compress(b"good", 3).unwrap();
    assert_eq!(of_frame(&[good.clone(), good.clone()].concat()), bomb(Bomb::Frames));
    assert_eq!(of_frame(&[good.clone(), vec![0]].concat()), bomb(Bomb::Frames));
    assert_eq!(of_frame(&zstd::stream::encode_all(&b"good"[..], 3).unwrap()), bomb(Bomb::SizeMissing));
    assert_eq!(of_frame(&zstd::bulk::compress(&vec![0; (1 << 20) + 1], 3).unwrap()), bomb(Bomb::Part));
    // Not a single segment, 4-byte content size 0, a window of 16 MiB, one empty last raw block (RFC 8878, 3.1.1).
    assert_eq!(of_frame(&[0x28, 0xB5, 0x2F, 0xFD, 0x80, 14 << 3, 0, 0, 0, 0, 1, 0, 0]), bomb(Bomb::Window));
    // A single segment with a one-byte dictionary id.
    assert_eq!(of_frame(&[0x28, 0xB5, 0x2F, 0xFD, 0x21, 7, 0, 1, 0, 0]), bomb(Bomb::Dictionary));

    let zeros = zstd::bulk::compress(&vec![0; 1 << 20], 3).unwrap();
    let line = |seq| Line("labs", seq, 1 << 20, &zeros, aead::derive_hash(&vec![0; 1 << 20]));
    assert_eq!(refusal_of(&[line(0), line(1)]), bomb(Bomb::Ratio));
    let noise = parts().remove(0).packed.frame.to_vec();
    let many: Vec<Line<'_>> = (0..65).map(|seq| Line("labs", seq, 1 << 20, &noise, [0; 32])).collect();
    assert_eq!(refusal_of(&many), bomb(Bomb::Total));
    let many: Vec<Line<'_>> = (0..(1 << 14) + 1).map(|seq| Line("", seq, 0, b"", [0; 32])).collect();
    assert_eq!(refusal_of(&many), bomb(Bomb::Parts));
}

/// The total of the manifest counts, whatever the index says.
#[test]
fn a_manifest_that_promises_too_much_is_refused() {
    let world = World::make();
    let good = body::join(&[]).unwrap();
    let big = Body { plain_len: (64 << 20) + 1, ..good };
    assert_eq!(world.refusal(&sealed(&world, &big)), PackageError::Bomb { bomb: Bomb::Total });
}

#[test]
fn content_that_is_not_as_the_manifest_says_is_refused() {
    let frame = zstd::bulk::compress(b"good", 3).unwrap();
    let hash = aead::derive_hash(b"good");
    let line = |section, seq| Line(section, seq, 4, &frame, hash);
    let world = World::make();
    assert!(world.open(&sealed(&world, &body(&[line("a", 0), line("a", 1), line("b", 0)], 12))).is_ok());
    let wrong: [&[Line<'_>]; 6] = [
        &[Line("a", 0, 4, &frame, [7; 32])],
        &[Line("a", 0, 5, &frame, hash)],
        &[line("a", 1)],
        &[line("a", 0), line("a", 0)],
        &[line("b", 0), line("a", 0)],
        &[Line(&"x".repeat(65), 0, 4, &frame, hash)],
    ];
    for lines in wrong {
        assert_eq!(refusal_of(lines), PackageError::Malformed);
    }
    let total = sealed(&world, &body(&[line("a", 0)], 5));
    assert_eq!(world.refusal(&total), PackageError::Malformed);
    let mut trailing = body(&[line("a", 0)], 4);
    trailing.bytes.push(0);
    assert_eq!(world.refusal(&sealed(&world, &trailing)), PackageError::Malformed);
    let index = Body { index_hash: [7; 32], ..body(&[line("a", 0)], 4) };
    assert_eq!(world.refusal(&sealed(&world, &index)), PackageError::Malformed);
}

/// An outer signature over a foreign inner one, and over one that says something else.
#[test]
fn the_inner_signature_must_be_the_outer_ones() {
    let (world, other) = (World::make(), World::make());
    let body = body::join(&[]).unwrap();
    let chunk = |bytes: &[u8]| {
        let mut chunk = Zeroizing::new(vec![0; PLAIN_CHUNK]);
        chunk[..bytes.len()].copy_from_slice(bytes);
        chunk
    };
    let rest = chunk(&body.bytes);
    let issue = world.issue();
    let package = |first: &[u8]| issue.seal_chunks(&[chunk(first), rest.clone()], make_seed().unwrap()).unwrap();
    let origin = issue.origin(&body, std::slice::from_ref(&rest));
    assert!(world.open(&package(&origin.sign(&world.signing_key))).is_ok());
    let inner = |flaw| PackageError::InnerSignature { flaw };
    assert_eq!(world.refusal(&package(&origin.sign(&other.signing_key))), inner(SignatureFlaw::Wrong));
    let mut stripped = origin.sign(&world.signing_key);
    stripped[..64].fill(0);
    assert_eq!(world.refusal(&package(&stripped)), inner(SignatureFlaw::Missing));

    let says = |change: fn(&mut Origin, &World)| {
        let mut origin = origin.clone();
        change(&mut origin, &other);
        world.refusal(&package(&origin.sign(&world.signing_key)))
    };
    for change in [
        (|origin, other| origin.hospital = other.list.listing().hospital) as fn(&mut Origin, &World),
        |origin, other| origin.signing_key = other.signing_key.verifying_key(),
        |origin, other| origin.enrolment = other.enrolment.id(),
        |origin, other| origin.recipient = other.device().public_key(),
        |origin, _| origin.number.counter += 1,
        |origin, _| origin.number.epoch -= 1,
        |origin, _| origin.chunk_hashes.push([0; 32]),
    ] {
        assert_eq!(says(change), PackageError::SignaturesDisagree);
    }
    assert_eq!(says(|origin, _| origin.chunk_hashes[0][0] ^= 1), PackageError::Malformed);
    assert_eq!(says(|origin, _| origin.body_len += 65_520), PackageError::Malformed);
    assert_eq!(says(|origin, _| origin.body_len = u64::MAX), PackageError::Malformed);
    let mut padding = origin.sign(&world.signing_key).to_vec();
    padding.push(1);
    assert_eq!(world.refusal(&package(&padding)), PackageError::Malformed);
    // Behind the body there are zeros, and less than a chunk of them.
    let mut noise = rest.clone();
    noise[body.bytes.len()] = 1;
    for chunks in [vec![noise], vec![rest.clone(), chunk(b"")]] {
        let first = chunk(&issue.origin(&body, &chunks).sign(&world.signing_key));
        let all = [vec![first], chunks].concat();
        assert_eq!(world.refusal(&issue.seal_chunks(&all, make_seed().unwrap()).unwrap()), PackageError::Malformed);
    }
}

/// Signed on the outside, with chunks that are not where they belong: HPKE itself refuses.
#[test]
fn chunks_are_bound_to_their_place_by_the_seal_itself() {
    let world = World::make();
    let package = world.issue().seal(&parts()).unwrap();
    let (header, rest) = package.split_at(header::HEADER);
    let chunks: Vec<&[u8]> = rest[keys::SIGNATURE..].chunks(header::CHUNK).collect();
    for order in [[0, 2, 1, 3], [0, 0, 2, 3], [1, 0, 2, 3], [0, 1, 2, 2]] {
        let payload = order.map(|at| chunks[at]).concat();
        let signature = world.signing_key.sign(&seal::outer_text(header, &payload));
        let package = [header, &signature, &payload].concat();
        assert_eq!(world.refusal(&package), PackageError::DoesNotOpen);
    }
    // One chunk less, and a header that says so: the last one is not marked as the last.
    let mut outside = Outside::read(&package).unwrap();
    outside.chunks = 3;
    let (header, payload) = (outside.encode(), chunks[..3].concat());
    let signature = world.signing_key.sign(&seal::outer_text(&header, &payload));
    assert_eq!(world.refusal(&[&header[..], &signature, &payload].concat()), PackageError::DoesNotOpen);
}
