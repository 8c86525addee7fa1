//! How much there is of what.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use mykarte::record::labels::{self, Language};
use mykarte::record::{Nothing, Section, Summary};

/// How many entries each section has, and which kind of nothing.
pub fn print(summary: &Summary, out: &mut Out) -> Result<(), Failure> {
    for section in Section::ALL {
        let state = summary.sections.get(&section).copied().unwrap_or_default();
        let mut line = Line::from("  ").plain(labels::section(section, out.language)).pad(22);
        let only_nothing = state.nothing().iter().any(|n| !matches!(n, Nothing::Unreadable { .. }));
        if !only_nothing {
            line = line.plain(format!("{:>6}  ", state.entries));
        }
        for nothing in state.nothing() {
            let style = if matches!(nothing, Nothing::Unreadable { .. }) { Style::Alert } else { Style::Dim };
            line = line.styled(style, labels::nothing(nothing, section, out.language)).plain(" ");
        }
        if state.entries > 0 {
            line = line.styled(Style::Dim, inside(section, summary, out));
        }
        out.line(line)?;
    }
    Ok(())
}

/// What the entries of a section consist of, where one entry is not one order.
fn inside(section: Section, summary: &Summary, out: &Out) -> String {
    let c = &summary.counts;
    match (section, out.language) {
        (Section::Prescriptions, Language::Ja) => {
            format!("オーダ {}・薬剤 {}", c.prescription_orders, c.prescription_drugs)
        }
        (Section::Prescriptions, Language::En) => {
            format!("{} orders, {} drugs", c.prescription_orders, c.prescription_drugs)
        }
        (Section::Injections, Language::Ja) => format!(
            "オーダ {}・混注 {}・成分 {}・実施 {}",
            c.injection_orders, c.injection_blocks, c.injection_components, c.injection_administrations
        ),
        (Section::Injections, Language::En) => format!(
            "{} orders, {} mixtures, {} components, {} administrations",
            c.injection_orders, c.injection_blocks, c.injection_components, c.injection_administrations
        ),
        _ => String::new(),
    }
}
