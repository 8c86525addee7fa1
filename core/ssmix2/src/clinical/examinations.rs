//! OMG, OML-01: examinations ordered or done, outside the laboratory's results.

use super::observations::{self, Observation};
use super::others::OtherItem;
use crate::message::{Message, Segment};
use crate::types::Text;
use compact_str::ToCompactString;

/// One item an OBR. Requests and parents repeat what their children say, so
/// with children (`CH`) only those are examinations.
pub(super) fn examinations(message: &Message<'_>, with_children: bool) -> Vec<OtherItem> {
    let mut items: Vec<OtherItem> = Vec::new();
    let (mut order, mut planned): (Option<Segment<'_>>, Option<Segment<'_>>) = (None, None);
    for segment in message.segments() {
        match segment.id() {
            "ORC" => (order, planned) = (Some(segment), None),
            // Between ORC and OBR it plans that examination; elsewhere it is not used.
            "TQ1" if order.is_some() => {
                segment.skip(&[1]);
                planned = Some(segment);
            }
            "OBR" => items.push(examination(&segment, order.take(), planned.take())),
            "OBX" => {
                if let (Some(item), Some(result)) = (items.last_mut(), read_result(&segment)) {
                    item.results.push(result);
                }
            }
            "NTE" => {
                if let Some(item) = items.last_mut() {
                    item.notes.extend(segment.sts(3));
                }
            }
            "ZE1" => {
                if let (Some(item), Some(procedure)) = (items.last_mut(), segment.cwe(3)) {
                    segment.skip(&[1, 2]);
                    item.notes.push(procedure.display().to_compact_string());
                }
            }
            _ => {}
        }
    }
    if with_children && items.iter().any(|i| i.control.as_deref() == Some("CH")) { merge_parents(items) } else { items }
}

/// Drops the request rows; what hangs on them moves to the first examination.
fn merge_parents(items: Vec<OtherItem>) -> Vec<OtherItem> {
    let (mut children, parents): (Vec<_>, Vec<_>) = items.into_iter().partition(|i| i.control.as_deref() == Some("CH"));
    if let Some(first) = children.first_mut() {
        for parent in parents {
            first.results.extend(parent.results);
            first.notes.extend(parent.notes);
        }
    }
    children
}

fn examination(obr: &Segment<'_>, orc: Option<Segment<'_>>, tq1: Option<Segment<'_>>) -> OtherItem {
    obr.skip(&[1]);
    let status = obr.id_of(25);
    let planned = || tq1.and_then(|s| s.ts(7));
    let code = obr.cwe(4);
    OtherItem {
        title: code.as_ref().map(|c| c.display().to_compact_string()).unwrap_or_default(),
        code,
        department: orc.and_then(|s| s.cwe(17)),
        order_number: obr.id_of(2).or_else(|| orc.and_then(|s| s.id_of(2))),
        control: orc.and_then(|s| s.id_of(1)),
        at: obr.ts(7).or_else(|| obr.ts(36)).or_else(planned).or_else(|| orc.and_then(|s| s.ts(9))),
        end: obr.ts(8),
        notes: obr.st(13).into_iter().chain(status.filter(|s| s != "F")).collect(),
        ..OtherItem::default()
    }
}

/// Lines of an order (OBX-11 = O) have an item and no value.
fn read_result(obx: &Segment<'_>) -> Option<Observation> {
    observations::read(obx).or_else(|| {
        Some(Observation {
            item: obx.cwe(3)?,
            value: Text::default(),
            unit: None,
            flags: Vec::new(),
            reference_range: None,
            result_status: obx.id_of(11),
            observed_at: None,
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn radiology_lists_its_children() {
        let (e, _) = entries(
            "OMG-01",
            &[
                "PID|1||1",
                "ORC|NW|100|||||||20111220100059",
                "OBR||100||1000^Ｘ線単純撮影^JJ1017",
                "ORC|PA|100",
                "OBR||100||1000^Ｘ線単純撮影^JJ1017",
                "OBX||NM|01-02^体重^JSHR001||62|kg^kg^ISO+|||||F",
                "ORC|CH|101",
                "OBR||101||10000002^胸部正面^JJ1017",
                "ORC|CH|102",
                "OBR||102||10000002^胸部側面^JJ1017",
            ],
        );
        let other = e.other.expect("an other entry");
        assert_eq!((other.title.as_str(), other.order_number.as_deref()), ("胸部正面、胸部側面", Some("101")));
        assert_eq!(other.items[0].results[0].value, "62");
    }

    #[test]
    fn the_planned_time_comes_before_the_time_of_ordering() {
        let orc = "ORC|NW|100|||||||20111201100059";
        let at = |segments: &[&str]| {
            let (e, _) = entries("OMG-01", segments);
            e.other.and_then(|o| o.at).map(|t| t.to_string())
        };
        let planned = at(&["PID|1||1", orc, "TQ1|1||||||201112200930", "OBR||100||1000^胸部^JJ1017"]);
        assert_eq!(planned.as_deref(), Some("2011-12-20T09:30"));
        let ordered = at(&["PID|1||1", orc, "OBR||100||1000^胸部^JJ1017", "TQ1|1||||||201112200930"]);
        assert_eq!(ordered.as_deref(), Some("2011-12-01T10:00:59"));
    }
}
