//! Where each node stands in its layer: as straight as can be, never closer than allowed.
//!
//! # Source
//! Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment", 2001: four alignments, and the mean of the two
//! middle ones. Blocks are set by longest paths over a graph of blocks instead of the paper's classes, whose shifts were
//! corrected in the erratum by Brandes, Walter and Zink, 2020; the graph needs no shifts.

use std::collections::BTreeSet;

use super::Measures;
use super::proper::Proper;

/// The middle of each node across its layer. Cost: four passes over the links.
pub(crate) fn middles(proper: &Proper, measures: &Measures) -> Vec<f64> {
    let crossed = crossed_links(proper);
    let mut four = Vec::new();
    for to_the_right in [true, false] {
        for mirrored in [false, true] {
            let side = Side { proper, measures, crossed: &crossed, to_the_right, mirrored };
            four.push(side.middles());
        }
    }
    balance(&mut four)
}

/// Moves the four to a common edge of the narrowest and takes the mean of the two middle ones.
fn balance(four: &mut [Vec<f64>]) -> Vec<f64> {
    let ends = |middles: &[f64]| middles.iter().fold((f64::MAX, f64::MIN), |(a, b), m| (a.min(*m), b.max(*m)));
    let spans: Vec<(f64, f64)> = four.iter().map(|middles| ends(middles)).collect();
    let narrowest = spans.iter().copied().min_by(|a, b| (a.1 - a.0).total_cmp(&(b.1 - b.0))).unwrap_or_default();
    for (index, middles) in four.iter_mut().enumerate() {
        let shift = if index % 2 == 0 { narrowest.0 - spans[index].0 } else { narrowest.1 - spans[index].1 };
        middles.iter_mut().for_each(|middle| *middle += shift);
    }
    let middle = |node: usize| {
        let mut values: Vec<f64> = four.iter().map(|middles| middles[node]).collect();
        values.sort_by(f64::total_cmp);
        (values[1] + values[2]) / 2.0
    };
    (0..four[0].len()).map(middle).collect()
}

/// Links that cross one between two bends: long lines stay straight, short ones give way.
fn crossed_links(proper: &Proper) -> BTreeSet<(usize, usize)> {
    let positions = proper.positions();
    let mut crossed = BTreeSet::new();
    for layer in &proper.layers {
        let links = |bends: bool| {
            layer
                .iter()
                .flat_map(move |a| proper.after[*a].iter().map(move |b| (*a, *b)))
                .filter(move |(a, b)| bends == (proper.is_bend(*a) && proper.is_bend(*b)))
        };
        for (a, b) in links(true) {
            let crosses = |(c, d): &(usize, usize)| {
                (positions[*c] < positions[a]) != (positions[*d] < positions[b]) && *c != a && *d != b
            };
            crossed.extend(links(false).filter(crosses));
        }
    }
    crossed
}

/// One of the four: from which layer alignment is taken, and to which end blocks fall.
struct Side<'p> {
    proper: &'p Proper,
    measures: &'p Measures,
    crossed: &'p BTreeSet<(usize, usize)>,
    to_the_right: bool,
    mirrored: bool,
}

impl Side<'_> {
    fn middles(&self) -> Vec<f64> {
        let mut layers = self.proper.layers.clone();
        if self.mirrored {
            layers.iter_mut().for_each(|layer| layer.reverse());
        }
        if !self.to_the_right {
            layers.reverse();
        }
        let roots = self.align(&layers);
        let middles = self.compact(&layers, &roots);
        let sign = if self.mirrored { -1.0 } else { 1.0 };
        roots.iter().map(|root| sign * middles[*root]).collect()
    }

    /// Each node's block, named by its first node: nodes that are to stand in one line.
    fn align(&self, layers: &[Vec<usize>]) -> Vec<usize> {
        let count = self.proper.layer_of.len();
        let mut position = vec![0; count];
        for layer in layers {
            layer.iter().enumerate().for_each(|(at, node)| position[*node] = at);
        }
        let mut root: Vec<usize> = (0..count).collect();
        let mut taken = vec![false; count];
        let neighbours = if self.to_the_right { &self.proper.before } else { &self.proper.after };
        for layer in layers {
            let mut free_from = 0;
            for &node in layer {
                let mut others = neighbours[node].clone();
                others.sort_by_key(|other| position[*other]);
                let Some(last) = others.len().checked_sub(1) else { continue };
                for middle in [last / 2, last.div_ceil(2)] {
                    let other = others[middle];
                    let link = if self.to_the_right { (other, node) } else { (node, other) };
                    let free = root[node] == node && !taken[other] && position[other] >= free_from;
                    if free && !self.crossed.contains(&link) {
                        taken[other] = true;
                        root[node] = root[other];
                        free_from = position[other] + 1;
                    }
                }
            }
        }
        root
    }

    /// The middle of each block: first as far to the start as can be, then towards the end as far as none is pushed.
    fn compact(&self, layers: &[Vec<usize>], root: &[usize]) -> Vec<f64> {
        let count = root.len();
        let mut after: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
        let mut waiting = vec![0usize; count];
        for pair in layers.iter().flat_map(|layer| layer.windows(2)) {
            after[root[pair[0]]].push((root[pair[1]], self.apart(pair[0], pair[1])));
            waiting[root[pair[1]]] += 1;
        }
        let mut sequence: Vec<usize> = (0..count).filter(|n| root[*n] == *n && waiting[*n] == 0).collect();
        let mut middle = vec![0.0f64; count];
        let mut at = 0;
        while at < sequence.len() {
            let block = sequence[at];
            at += 1;
            for &(next, apart) in &after[block] {
                middle[next] = middle[next].max(middle[block] + apart);
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    sequence.push(next);
                }
            }
        }
        for block in sequence.into_iter().rev() {
            let room = after[block].iter().map(|(next, apart)| middle[*next] - apart).fold(f64::INFINITY, f64::min);
            if room.is_finite() {
                middle[block] = middle[block].max(room);
            }
        }
        middle
    }

    /// How far the middles of two neighbours stand apart at least.
    fn apart(&self, a: usize, b: usize) -> f64 {
        let half = |node| if self.proper.is_bend(node) { 0.0 } else { self.measures.box_height / 2.0 };
        let both_boxes = !self.proper.is_bend(a) && !self.proper.is_bend(b);
        half(a) + half(b) + if both_boxes { self.measures.box_gap } else { self.measures.line_gap }
    }
}
