//! A program is killed in the middle of its writes, and nothing that it acknowledged is gone.
//!
//! The test starts itself again as a program that counts and says every number that it was told is durable. What a power
//! cut would take with it beyond that is the business of `synchronous` and the disk.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use mykarte_state::audit::verify;
use mykarte_state::open;

use crate::Database;
use crate::cases::{Count, counter, increment};

const ADDRESS: &str = "MYKARTE_TEST_STATE";
const KILLS: u64 = 50;

pub fn a_killed_program_keeps_what_it_acknowledged(database: &impl Database) {
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        let mut program = Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "crash::counts_until_it_is_killed", "--ignored", "--nocapture"]);
        let mut program = program.env(ADDRESS, database.address()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(program.stdout.take().unwrap()).lines();
        let first = said.by_ref().map(Result::unwrap).find(|line| line.starts_with("durable ")).unwrap();
        // At another moment of a transaction each time.
        std::thread::sleep(Duration::from_micros(kill * 371 % 9_000));
        program.kill().unwrap();
        program.wait().unwrap();
        let rest = said.map(Result::unwrap).filter(|line| line.starts_with("durable "));
        let last = rest.last().unwrap_or(first);
        let last: u64 = last.strip_prefix("durable ").unwrap().parse().unwrap();
        assert!(last > acknowledged);
        acknowledged = last;
        let store = database.open();
        let verdict = verify(&*store, &[], None).unwrap();
        let kept = store.get::<Count>(&counter("killed")).unwrap().unwrap().count;
        assert!(verdict.is_intact() && kept >= acknowledged, "{acknowledged} acknowledged, {kept} kept: {verdict}");
        assert_eq!(verdict.intact, kept, "a document and its record are there together");
    }
}

#[test]
#[ignore = "run by a_killed_program_keeps_what_it_acknowledged"]
fn counts_until_it_is_killed() {
    let store = open(&std::env::var(ADDRESS).unwrap()).unwrap();
    let mut out = std::io::stdout().lock();
    loop {
        // In one piece, so that a line is said wholly or not at all.
        let line = format!("\ndurable {}\n", increment(&*store, "killed").unwrap());
        out.write_all(line.as_bytes()).unwrap();
        out.flush().unwrap();
    }
}
