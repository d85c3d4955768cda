//! Aligned columns that fit a width: they shrink first, and the least important ones leave when that is not enough.
//!
//! Always: no row is wider than the width, unless the columns that must stay are wider at their narrowest.

use super::paint::{Colour, Ink, paint};
use crate::words::cut;

const GAP: usize = 2;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) head: &'static str,
    /// The width below which it does not shrink.
    pub(crate) narrowest: usize,
    /// The column with the highest number leaves first; 0 stays.
    pub(crate) leaves: u8,
}

/// What stands in a column.
pub(crate) type Cell = (Ink, String);

/// A row of cells, or a line of its own below one.
#[derive(Clone, Debug)]
pub(crate) enum Row {
    Cells(Vec<Cell>),
    Note(String),
}

type Widths = Vec<Option<usize>>;

/// Columns and rows.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn of(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a line below the last row.
    pub(crate) fn note(&mut self, text: String) {
        self.rows.push(Row::Note(text));
    }

    /// The lines, each with a newline. Heads stand in the first line where any column has one.
    pub(crate) fn render(&self, width: usize, colour: Colour, indent: usize) -> String {
        let widths = self.widths(width.saturating_sub(indent));
        let mut out = String::new();
        if self.columns.iter().any(|column| !column.head.is_empty()) {
            let heads: Vec<Cell> = self.columns.iter().map(|c| (Ink::Quiet, c.head.to_owned())).collect();
            line(&mut out, &heads, &widths, colour, indent);
        }
        for row in &self.rows {
            match row {
                Row::Cells(cells) => line(&mut out, cells, &widths, colour, indent),
                Row::Note(text) => {
                    out.push_str(&" ".repeat(indent + widths[0].map_or(0, |width| width + GAP) + GAP));
                    out.push_str(&paint(colour, Ink::Quiet, text));
                    out.push('\n');
                }
            }
        }
        out
    }

    /// The width of each column; `None` for one that has left or is empty.
    fn widths(&self, available: usize) -> Vec<Option<usize>> {
        let mut natural: Vec<Option<usize>> = (0..self.columns.len()).map(|index| self.natural(index)).collect();
        loop {
            match self.shrunk(natural.clone(), available) {
                Ok(widths) => return widths,
                Err(narrowest) if !self.leave(&mut natural) => return narrowest,
                Err(_) => {}
            }
        }
    }

    /// Widths that fit, or the narrowest ones where none do.
    fn shrunk(&self, mut widths: Widths, available: usize) -> Result<Widths, Widths> {
        loop {
            let total = widths.iter().flatten().map(|w| w + GAP).sum::<usize>().saturating_sub(GAP);
            let excess = total.saturating_sub(available);
            if excess == 0 {
                return Ok(widths);
            }
            if !self.shrink(&mut widths, excess) {
                return Err(widths);
            }
        }
    }

    fn natural(&self, index: usize) -> Option<usize> {
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => Some(cells[index].1.chars().count()),
            Row::Note(_) => None,
        });
        let widest = cells.max().filter(|widest| *widest > 0)?;
        Some(widest.max(self.columns[index].head.chars().count()))
    }

    /// Takes from the column with the most to spare. Whether anything was taken.
    fn shrink(&self, widths: &mut [Option<usize>], excess: usize) -> bool {
        let spare = |(index, width): (usize, &Option<usize>)| {
            width.map_or(0, |width| width.saturating_sub(self.columns[index].narrowest))
        };
        let widest = widths.iter().enumerate().map(|pair| (spare(pair), pair.0)).max_by_key(|(s, i)| (*s, *i));
        let Some((spare, index)) = widest.filter(|(spare, _)| *spare > 0) else { return false };
        widths[index] = widths[index].map(|width| width - spare.min(excess).min(spare.div_ceil(2)));
        true
    }

    fn leave(&self, widths: &mut [Option<usize>]) -> bool {
        let candidates = (0..widths.len()).filter(|i| widths[*i].is_some() && self.columns[*i].leaves > 0);
        match candidates.max_by_key(|index| self.columns[*index].leaves) {
            Some(index) => {
                widths[index] = None;
                true
            }
            None => false,
        }
    }
}

fn line(out: &mut String, cells: &[Cell], widths: &[Option<usize>], colour: Colour, indent: usize) {
    let shown: Vec<(&Cell, usize)> = cells.iter().zip(widths).filter_map(|(c, w)| w.map(|w| (c, w))).collect();
    let mut text = " ".repeat(indent);
    for (index, ((ink, cell), width)) in shown.iter().enumerate() {
        let cell = cut(cell, *width);
        let padding = width.saturating_sub(cell.chars().count()) + GAP;
        text.push_str(&paint(colour, *ink, &cell));
        if index + 1 < shown.len() {
            text.push_str(&" ".repeat(padding));
        }
    }
    out.push_str(text.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let column = |head, narrowest, leaves| Column { head, narrowest, leaves };
        let mut table = Table::of(&[column("name", 6, 0), column("built with", 6, 2), column("owner", 5, 1)]);
        let text = |text: &str| (Ink::Text, text.to_owned());
        table.row(vec![text("orders"), text("rust and axum and sqlx"), text("team-orders")]);
        table
    }

    #[test]
    fn no_line_is_wider_than_the_width() {
        for width in 6..60 {
            let text = table().render(width, Colour::Plain, 0);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}\n{text}");
        }
    }

    #[test]
    fn a_column_leaves_only_when_none_can_shrink() {
        assert_eq!(table().render(21, Colour::Plain, 0), "name    built…  owner\norders  rust…   team…\n");
        assert_eq!(table().render(15, Colour::Plain, 0), "name    owner\norders  team-o…\n");
    }
}
