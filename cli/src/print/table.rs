//! Aligned columns, with lines of detail below a row.

use super::line::Line;
use crate::failure::Failure;
use crate::out::Out;

/// One row: cells in columns, then details below them.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Printed above where it differs from the row before.
    pub heading: Option<Line>,
    /// One a column; missing ones are empty.
    pub cells: Vec<Line>,
    /// Printed below, indented.
    pub details: Vec<Line>,
}

/// Blanks between two columns.
const GAP: usize = 2;

/// A column grows to this width at most; a longer cell pushes its row aside.
const WIDEST: usize = 40;

/// Prints rows; details stand `indent` columns in.
pub fn print(out: &mut Out, rows: &[Row], indent: usize) -> Result<(), Failure> {
    let widths = widths(rows);
    let mut heading = None;
    for row in rows {
        if row.heading.is_some() && heading != row.heading.as_ref() {
            heading = row.heading.as_ref();
            out.line(row.heading.clone().unwrap_or_default())?;
        }
        out.line(lay(row, &widths))?;
        for detail in &row.details {
            out.line(Line::new().pad(indent).join(detail.clone()))?;
        }
    }
    Ok(())
}

/// The width of each column; 0 where every cell is empty.
fn widths(rows: &[Row]) -> Vec<usize> {
    let columns = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let widest = |n: usize| rows.iter().filter_map(|r| r.cells.get(n)).map(Line::width).filter(|w| *w <= WIDEST).max();
    (0..columns).map(|n| widest(n).unwrap_or(0)).collect()
}

fn lay(row: &Row, widths: &[usize]) -> Line {
    let (mut line, mut at) = (Line::new(), 0);
    for (cell, width) in row.cells.iter().zip(widths) {
        if *width == 0 && cell.is_empty() {
            continue;
        }
        line = line.join(cell.clone()).pad(at + width);
        // A cell that was too long still keeps its distance to the next.
        line = if line.width() > at + width { line.plain(" ".repeat(GAP)) } else { line.pad(at + width + GAP) };
        at += width + GAP;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_empty_ones_vanish() {
        let row = |cells: &[&str]| Row { cells: cells.iter().map(|c| Line::from(*c)).collect(), ..Row::default() };
        let rows = [row(&["胃炎", "", "a"]), row(&["x", "", "bc"]), row(&["あ".repeat(30).as_str(), "", "d"])];
        let widths = widths(&rows);
        let lines: Vec<String> = rows.iter().map(|r| lay(r, &widths).render(false)).collect();
        assert_eq!(lines[0], "胃炎  a");
        assert_eq!(lines[1], "x     bc");
        assert_eq!(lines[2], format!("{}  d", "あ".repeat(30)));
    }
}
