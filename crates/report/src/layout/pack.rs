//! Parts that do not hang together, drawn apart and set below each other; boxes without a line stand in rows at the end.

use super::{Drawing, Line, Measures};

/// Boxes that hang together, and the lines between them, by their indices in the whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) boxes: Vec<usize>,
    pub(crate) lines: Vec<(usize, Line)>,
}

impl Part {
    /// The lines, with their ends as indices of the part.
    pub(crate) fn inner_lines(&self) -> Vec<Line> {
        let inner = |b: usize| self.boxes.binary_search(&b).expect("a part holds the ends of its lines");
        self.lines.iter().map(|(_, l)| Line { from: inner(l.from), to: inner(l.to), strand: l.strand }).collect()
    }
}

/// The parts, the largest first. Lines from a box to itself belong to none.
pub(crate) fn parts(boxes: usize, lines: &[Line]) -> Vec<Part> {
    let mut leader: Vec<usize> = (0..boxes).collect();
    for line in lines {
        let (a, b) = (find(&mut leader, line.from), find(&mut leader, line.to));
        leader[a.max(b)] = a.min(b);
    }
    let mut parts = vec![Part::default(); boxes];
    for b in 0..boxes {
        let first = find(&mut leader, b);
        parts[first].boxes.push(b);
    }
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| line.from != line.to) {
        let first = find(&mut leader, line.from);
        parts[first].lines.push((index, *line));
    }
    parts.retain(|part| !part.boxes.is_empty());
    parts.sort_by_key(|part| std::cmp::Reverse(part.boxes.len()));
    parts
}

/// The first box of a part, with the way there made short.
fn find(leader: &mut [usize], mut b: usize) -> usize {
    while leader[b] != b {
        leader[b] = leader[leader[b]];
        b = leader[b];
    }
    b
}

/// Sets the drawings of the parts in rows that are as wide as the widest, or four boxes.
pub(crate) fn pack(boxes: usize, lines: usize, parts: Vec<(Part, Drawing)>, measures: &Measures) -> Drawing {
    let mut whole =
        Drawing { boxes: vec![Default::default(); boxes], ways: vec![Default::default(); lines], ..Drawing::default() };
    let step = measures.box_width + measures.box_gap * 2.0;
    let widest = parts.iter().map(|(_, drawing)| drawing.width).fold(step * 4.0, f64::max);
    let (mut x, mut y, mut row_height) = (0.0f64, 0.0f64, 0.0f64);
    for (part, drawing) in parts {
        if x > 0.0 && x + drawing.width > widest {
            (x, y, row_height) = (0.0, y + row_height + measures.box_gap * 2.0, 0.0);
        }
        set(&mut whole, &part, &drawing, (x, y));
        whole.width = whole.width.max(x + drawing.width);
        whole.height = whole.height.max(y + drawing.height);
        row_height = row_height.max(drawing.height);
        x += drawing.width + measures.box_gap * 2.0;
    }
    whole
}

fn set(whole: &mut Drawing, part: &Part, drawing: &Drawing, (x, y): (f64, f64)) {
    for (b, place) in part.boxes.iter().zip(&drawing.boxes) {
        whole.boxes[*b] = *place;
        whole.boxes[*b].x += x;
        whole.boxes[*b].y += y;
    }
    let moved = |(px, py): (f64, f64)| (px + x, py + y);
    for ((index, _), way) in part.lines.iter().zip(&drawing.ways) {
        whole.ways[*index].start = moved(way.start);
        whole.ways[*index].curves = way.curves.iter().map(|curve| curve.map(moved)).collect();
    }
}
