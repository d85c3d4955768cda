//! The way of each line: level past the boxes of a layer, curved only in the gap between two layers.
//!
//! So no line runs through a box. A turned line leaves its box to the left and comes in from the right.

use super::proper::Proper;
use super::{Drawing, Line, Measures, Place, Way};

/// More layers than that stand closer, so that a screen still holds them.
const LAYERS_WIDE_MAX: usize = 7;

/// The drawing of a part from the middles of its nodes.
pub(crate) fn drawing(
    proper: &Proper,
    lines: &[Line],
    turned: &[bool],
    middles: &[f64],
    measures: &Measures,
) -> Drawing {
    let half = |node: usize| if proper.is_bend(node) { measures.line_gap } else { measures.box_height } / 2.0;
    let count = middles.len();
    let top = (0..count).map(|node| middles[node] - half(node)).fold(f64::INFINITY, f64::min);
    let bottom = (0..count).map(|node| middles[node] + half(node)).fold(f64::NEG_INFINITY, f64::max);
    let middles: Vec<f64> = middles.iter().map(|middle| middle - top).collect();
    let layers = proper.layers.len();
    let gap = if layers > LAYERS_WIDE_MAX { measures.layer_gap_of_many } else { measures.layer_gap };
    let step = measures.box_width + gap;
    let left: Vec<f64> = proper.layer_of.iter().map(|layer| *layer as f64 * step).collect();
    let sheet = Sheet { proper, middles: &middles, left: &left, measures };
    let places = (0..proper.boxes).map(|b| Place {
        x: left[b],
        y: middles[b] - measures.box_height / 2.0,
        width: measures.box_width,
        height: measures.box_height,
    });
    let ports = sheet.ports();
    let ways = (0..lines.len()).map(|index| {
        let way = sheet.way(&proper.chains[index], ports[index]);
        if turned[index] { reversed(way) } else { way }
    });
    Drawing { boxes: places.collect(), ways: ways.collect(), width: layers as f64 * step - gap, height: bottom - top }
}

struct Sheet<'p> {
    proper: &'p Proper,
    middles: &'p [f64],
    left: &'p [f64],
    measures: &'p Measures,
}

impl Sheet<'_> {
    /// Where each line leaves its left box and comes into its right one: spread over the side, in the order of what
    /// they lead to, lines that share their next bend in one point.
    fn ports(&self) -> Vec<(f64, f64)> {
        let mut ports = vec![(0.0, 0.0); self.proper.chains.len()];
        for b in 0..self.proper.boxes {
            for right_side in [true, false] {
                self.side_ports(b, right_side, &mut ports);
            }
        }
        ports
    }

    fn side_ports(&self, b: usize, right_side: bool, ports: &mut [(f64, f64)]) {
        let neighbour = |chain: &Vec<usize>| {
            if right_side {
                (chain[0] == b).then(|| chain[1])
            } else {
                (*chain.last()? == b).then(|| chain[chain.len() - 2])
            }
        };
        let here: Vec<(usize, usize)> = self
            .proper
            .chains
            .iter()
            .enumerate()
            .filter_map(|(index, chain)| neighbour(chain).map(|node| (index, node)))
            .collect();
        let mut nodes: Vec<usize> = here.iter().map(|(_, node)| *node).collect();
        nodes.sort_by(|a, c| self.middles[*a].total_cmp(&self.middles[*c]).then(a.cmp(c)));
        nodes.dedup();
        let room = self.measures.box_height * 0.64;
        let step = if nodes.len() > 1 { (room / (nodes.len() - 1) as f64).min(9.0) } else { 0.0 };
        let first = self.middles[b] - step * (nodes.len().saturating_sub(1)) as f64 / 2.0;
        for (index, node) in here {
            let at = nodes.iter().position(|n| *n == node).unwrap_or(0);
            let port = first + step * at as f64;
            if right_side { ports[index].0 = port } else { ports[index].1 = port }
        }
    }

    fn way(&self, chain: &[usize], (out, into): (f64, f64)) -> Way {
        let width = self.measures.box_width;
        let last = chain.len() - 1;
        let mut at = (self.left[chain[0]] + width, out);
        let mut way = Way { start: at, curves: Vec::new() };
        for (index, node) in chain.iter().enumerate().skip(1) {
            let y = if index == last { into } else { self.middles[*node] };
            let next = (self.left[*node], y);
            let middle = (at.0 + next.0) / 2.0;
            way.curves.push([(middle, at.1), (middle, next.1), next]);
            at = next;
            if index < last {
                let past = (next.0 + width, y);
                way.curves.push([next, past, past]);
                at = past;
            }
        }
        way
    }
}

fn reversed(way: Way) -> Way {
    let mut points = vec![way.start];
    points.extend(way.curves.into_iter().flatten());
    points.reverse();
    let curves = points[1..].chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect();
    Way { start: points[0], curves }
}
