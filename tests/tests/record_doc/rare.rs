//! A storage made by hand for the keys that the generator has no reason to make:
//! a death, a drug taken when needed, a suspected diagnosis at admission, an allergy stated in two ways, a
//! mixture of which one drug was refused, a cancel message in a current file.

use std::path::Path;

const PID: &str = "PID|1||1234567^^^^PI||山^川^^^^^L^I||19500101|M";

/// Care date, data type, event, the segments behind PID.
const FILES: [(&str, &str, &str, &[&str]); 8] = [
    ("-", "ADT-00", "ADT^A08", &["AL1|1|DA|77^ヤク^99SYN^190000101^薬^HOT9^2^^くすり|MO^中等度^HL70128"]),
    ("-", "ADT-61", "ADT^A60", &["IAM|1|DA|77^ヤク^99SYN^190000101^薬^HOT9|SV^重度^HL70128|発疹|A"]),
    ("-", "PPR-01", "PPR^ZD1", &["PRB|AD|20240401|20054174^肺炎^MDCDX2|5||||||^^^H^入院時^JHSD0004|||1|||20240401"]),
    ("-", "ADT-01", "ADT^A55", &["PV1|1|I|3^301^1"]),
    ("20240401", "ADT-22", "ADT^A01", &["PV1|1|I|3^301^1|||||||||||||||||||||||||||||||||||||||||202404011000"]),
    (
        "20240410",
        "ADT-52",
        "ADT^A03",
        &["EVN||202404101200||||202404101200", "PV1|1|I|3^301^1|||||||||||||||||||||||||||||||||20"],
    ),
    (
        "20240402",
        "OMP-01",
        "RDE^O11",
        &["ORC|NW|6||1", "RXE||3^丙|1||TAB|||||10|TAB", "TQ1|1||9&頭痛時&99|||||||||||10"],
    ),
    (
        "20240402",
        "OMP-12",
        "RAS^O17",
        &[
            "ORC|NW|5||5_01_001",
            "RXA|0|1|20240402|20240402|1^甲|1||||||||||||||CP",
            "RXA|0|1|20240402|20240402|2^乙|1||||||||||||||RE",
            "RXR|IV",
        ],
    ),
];

/// Writes the storage below `dir`.
pub fn write(dir: &Path) {
    for (n, (date, kind, event, segments)) in FILES.iter().enumerate() {
        let folder = dir.join("1319900017/123/456/1234567").join(date).join(kind);
        std::fs::create_dir_all(&folder).unwrap();
        let death = if *kind == "ADT-00" { "|||||||||||||||||||||20240410|Y" } else { "" };
        let head = format!("MSH|^~\\&|SYN|1319900017|GW|RCV|20240410||{event}|{n}|P|2.5");
        let text = format!("{head}\r{PID}{death}\r{}\r", segments.join("\r"));
        let order = if *kind == "OMP-12" { "000000000000005" } else { "999999999999999" };
        std::fs::write(folder.join(format!("1234567_{date}_{kind}_{order}_2024041012000000{n}_01_1")), text).unwrap();
    }
}
