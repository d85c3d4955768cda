//! The graph as the later steps want it: every link leads to the next layer, long lines have a bend in each between.
//!
//! Long lines of one strand that lead to, or come from, the same box share their bends: thirty services that talk to one
//! broker make one trunk instead of thirty lines. A trunk has one end in common, so it cannot be misread.
//!
//! # Source
//! Bends as dummy boxes: Sugiyama and others, 1981. Shared ones: Newbery, "Edge concentration", 1989, in its simplest form.

use std::collections::BTreeMap;

use super::Line;

/// Boxes, then bends; each in a layer, linked to the layers beside it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proper {
    /// How many of the nodes are boxes; the rest are bends.
    pub(crate) boxes: usize,
    pub(crate) layers: Vec<Vec<usize>>,
    pub(crate) layer_of: Vec<usize>,
    /// Neighbours in the layer before.
    pub(crate) before: Vec<Vec<usize>>,
    /// Neighbours in the layer after.
    pub(crate) after: Vec<Vec<usize>>,
    /// The nodes of each line, from the left to the right.
    pub(crate) chains: Vec<Vec<usize>>,
}

impl Proper {
    /// Cost: lines × layers.
    pub(crate) fn of(boxes: usize, lines: &[Line], turned: &[bool], ranks: &[usize]) -> Self {
        let depth = ranks.iter().copied().max().map_or(0, |deepest| deepest + 1);
        let mut proper = Self { boxes, layers: vec![Vec::new(); depth], ..Self::default() };
        for rank in ranks {
            proper.node(*rank);
        }
        let trunks = Trunks::of(boxes, lines, turned, ranks);
        let mut bends: BTreeMap<(Trunk, usize), usize> = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            let (left, right) = if turned[index] { (line.to, line.from) } else { (line.from, line.to) };
            let mut chain = vec![left];
            for rank in ranks[left] + 1..ranks[right] {
                let bend = *bends.entry((trunks.of_line[index], rank)).or_insert_with(|| proper.node(rank));
                chain.push(bend);
            }
            chain.push(right);
            proper.link(&chain);
            proper.chains.push(chain);
        }
        proper
    }

    pub(crate) fn is_bend(&self, node: usize) -> bool {
        node >= self.boxes
    }

    /// The place of each node in its layer.
    pub(crate) fn positions(&self) -> Vec<usize> {
        let mut positions = vec![0; self.layer_of.len()];
        for layer in &self.layers {
            for (position, node) in layer.iter().enumerate() {
                positions[*node] = position;
            }
        }
        positions
    }

    fn node(&mut self, rank: usize) -> usize {
        let node = self.layer_of.len();
        self.layer_of.push(rank);
        self.layers[rank].push(node);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        node
    }

    fn link(&mut self, chain: &[usize]) {
        for pair in chain.windows(2) {
            if !self.after[pair[0]].contains(&pair[1]) {
                self.after[pair[0]].push(pair[1]);
                self.before[pair[1]].push(pair[0]);
            }
        }
    }
}

/// What lines have in common that share their bends: an end, its side, the strand, and whether they are turned.
type Trunk = (usize, bool, u8, bool);

struct Trunks {
    of_line: Vec<Trunk>,
}

impl Trunks {
    fn of(boxes: usize, lines: &[Line], turned: &[bool], ranks: &[usize]) -> Self {
        let is_long = |line: &Line| ranks[line.from].abs_diff(ranks[line.to]) > 1;
        let (mut from_count, mut to_count) = (vec![0usize; boxes], vec![0usize; boxes]);
        for line in lines.iter().filter(|line| is_long(line)) {
            from_count[line.from] += 1;
            to_count[line.to] += 1;
        }
        let trunk = |(line, turned): (&Line, &bool)| {
            if from_count[line.from] > to_count[line.to] {
                (line.from, false, line.strand, *turned)
            } else {
                (line.to, true, line.strand, *turned)
            }
        };
        Self { of_line: lines.iter().zip(turned).map(trunk).collect() }
    }
}
