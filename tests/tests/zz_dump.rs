#[path = "coverage/storage.rs"]
mod storage;
#[test]
fn dump() {
    let r = storage::read();
    let mut out = String::new();
    let cancels = ["A23","A55","A27","A11","A52","A53","A26","A12","A25","A13"];
    for m in &r.markers {
        let cancel = cancels.contains(&&m.kind[m.kind.len()-3..]);
        let reading = if cancel { &r.cancels } else { &r.plain };
        let places: Vec<String> = if m.unique { reading.places(&m.marker).into_iter().map(String::from).collect() } else { vec![] };
        let folder = m.kind.split(' ').next().unwrap();
        let unused = reading.unused.contains(&(folder.to_string(), format!("{}-{}", m.segment, m.field)));
        out += &format!("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", m.kind, m.segment, m.field, m.component, m.marker, m.unique, unused, places.join(";"));
    }
    std::fs::write("/tmp/dump.tsv", out).unwrap();
    let mut fates = String::new();
    for (n, f) in &r.plain.fates { fates += &format!("{n} {f:?}\n"); }
    for (n, f) in &r.cancels.fates { fates += &format!("C {n} {f:?}\n"); }
    std::fs::write("/tmp/fates.txt", fates).unwrap();
}
