//! Boxes and lines: a layered drawing of a directed graph, from left to right.
//!
//! The steps are those of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
//! Structures", 1981: break cycles, give each box a layer, order each layer, place, route. Every step is a file with its
//! source. The crate `rust-sugiyama` 0.4 was looked at: it keeps the bends of long edges to itself, so that lines would
//! run through boxes, and its order of equals depends on a randomly seeded map.
//!
//! Not here: what a box or line means. Always: no two boxes overlap; the same graph gives the same drawing.

mod cycles;
mod order;
mod pack;
mod place;
mod proper;
mod ranks;
mod route;

use proper::Proper;

/// A line from one box to another. Lines of one strand may share their way to a common end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) strand: u8,
}

/// Where a box stands: its upper left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The way of a line: a start, then curves, each with two handles and an end.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Way {
    pub(crate) start: (f64, f64),
    pub(crate) curves: Vec<[(f64, f64); 3]>,
}

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) boxes: Vec<Place>,
    /// One for each line; empty for a line from a box to itself.
    pub(crate) ways: Vec<Way>,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// How large boxes are and how far they stand apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measures {
    pub(crate) box_width: f64,
    pub(crate) box_height: f64,
    /// Between boxes of a layer.
    pub(crate) box_gap: f64,
    /// Between two lines, or a line and a box, that pass a layer.
    pub(crate) line_gap: f64,
    /// Between two layers.
    pub(crate) layer_gap: f64,
    /// Between two layers of a drawing that has more than seven.
    pub(crate) layer_gap_of_many: f64,
}

/// Draws so many boxes with the lines between them. Cost: some sweeps over boxes and bends; 70 boxes take some milliseconds, 400 a second.
pub(crate) fn draw(boxes: usize, lines: &[Line], measures: &Measures) -> Drawing {
    let parts = pack::parts(boxes, lines);
    let drawn = parts.into_iter().map(|part| {
        let drawing = draw_part(&part, measures);
        (part, drawing)
    });
    pack::pack(boxes, lines.len(), drawn.collect(), measures)
}

/// Draws boxes that hang together; indices are those of the part.
fn draw_part(part: &pack::Part, measures: &Measures) -> Drawing {
    let lines = part.inner_lines();
    let count = part.boxes.len();
    let turned = cycles::turned(count, &lines);
    let ranks = ranks::ranks(count, &lines, &turned);
    let mut proper = Proper::of(count, &lines, &turned, &ranks);
    order::order(&mut proper);
    let middles = place::middles(&proper, measures);
    route::drawing(&proper, &lines, &turned, &middles, measures)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURES: Measures = Measures {
        box_width: 160.0,
        box_height: 44.0,
        box_gap: 12.0,
        line_gap: 8.0,
        layer_gap: 80.0,
        layer_gap_of_many: 50.0,
    };

    /// A linear congruential generator; constants from Knuth's MMIX.
    struct Draw(u64);

    impl Draw {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % bound
        }
    }

    fn any_graph(seed: u64) -> (usize, Vec<Line>) {
        let mut draw = Draw(seed);
        let boxes = 1 + draw.below(45);
        let lines = draw.below(boxes * 3);
        let line =
            |draw: &mut Draw| Line { from: draw.below(boxes), to: draw.below(boxes), strand: draw.below(2) as u8 };
        (boxes, (0..lines).map(|_| line(&mut draw)).collect())
    }

    fn overlap(a: &Place, b: &Place) -> bool {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    }

    #[test]
    fn no_two_boxes_overlap_and_all_lie_inside() {
        for seed in 0..120 {
            let (boxes, lines) = any_graph(seed);
            let drawing = draw(boxes, &lines, &MEASURES);
            assert_eq!(drawing.boxes.len(), boxes);
            for (index, a) in drawing.boxes.iter().enumerate() {
                assert!(a.x >= 0.0 && a.y >= 0.0, "seed {seed}");
                assert!(a.x + a.width <= drawing.width && a.y + a.height <= drawing.height, "seed {seed}");
                assert!(drawing.boxes[..index].iter().all(|b| !overlap(a, b)), "seed {seed}, box {index}");
            }
        }
    }

    #[test]
    fn no_line_runs_through_a_box() {
        for seed in 0..60 {
            let (boxes, lines) = any_graph(seed);
            let drawing = draw(boxes, &lines, &MEASURES);
            for (index, way) in drawing.ways.iter().enumerate() {
                for point in points(way) {
                    let inside = |b: &Place| {
                        point.0 > b.x + 0.5
                            && point.0 < b.x + b.width - 0.5
                            && point.1 > b.y
                            && point.1 < b.y + b.height
                    };
                    assert!(!drawing.boxes.iter().any(inside), "seed {seed}, line {index}, {point:?}");
                }
            }
        }
    }

    fn points(way: &Way) -> Vec<(f64, f64)> {
        let mut from = way.start;
        let mut out = Vec::new();
        for [a, b, to] in &way.curves {
            for step in 0..=10 {
                let t = f64::from(step) / 10.0;
                let mix = |p: f64, q: f64, r: f64, s: f64| {
                    let u = 1.0 - t;
                    u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
                };
                out.push((mix(from.0, a.0, b.0, to.0), mix(from.1, a.1, b.1, to.1)));
            }
            from = *to;
        }
        out
    }

    #[test]
    fn every_line_joins_its_boxes() {
        for seed in 0..60 {
            let (boxes, lines) = any_graph(seed);
            let drawing = draw(boxes, &lines, &MEASURES);
            for (line, way) in lines.iter().zip(&drawing.ways).filter(|(line, _)| line.from != line.to) {
                let touches =
                    |b: &Place, (x, y): (f64, f64)| (x == b.x || x == b.x + b.width) && y >= b.y && y <= b.y + b.height;
                let end = way.curves.last().map(|curve| curve[2]).expect("a way has an end");
                assert!(touches(&drawing.boxes[line.from], way.start), "seed {seed} {line:?} {way:?}");
                assert!(touches(&drawing.boxes[line.to], end), "seed {seed} {line:?} {way:?}");
            }
        }
    }

    #[test]
    fn the_same_graph_gives_the_same_drawing() {
        let (boxes, lines) = any_graph(11);
        assert_eq!(draw(boxes, &lines, &MEASURES), draw(boxes, &lines, &MEASURES));
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let line = |from, to| Line { from, to, strand: 0 };
        let drawing = draw(3, &[line(0, 1), line(1, 2)], &MEASURES);
        assert!(drawing.boxes.iter().all(|b| b.y == drawing.boxes[0].y));
        assert!(drawing.boxes[0].x < drawing.boxes[1].x && drawing.boxes[1].x < drawing.boxes[2].x);
    }
}
