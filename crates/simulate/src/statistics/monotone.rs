//! The closest curve that never falls, through points of unequal weight.

/// One point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where, such as a load.
    pub x: f64,
    /// How high.
    pub y: f64,
    /// How much it counts, such as requests.
    pub weight: f64,
}

/// The heights of the nearest curve, in the weighted squares, that never falls; in the order of `x`.
///
/// # Source
/// Pool adjacent violators: Ayer, Brunk, Ewing, Reid and Silverman, 1955. Cost: a sort, then linear.
pub fn rising(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    // Blocks of one height: its sum of weights and how many points it holds.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for point in &sorted {
        let (mut height, mut weight, mut count) = (point.y, point.weight, 1);
        while let Some(&(before, heavy, many)) = blocks.last() {
            if before <= height {
                break;
            }
            height = (before * heavy + height * weight) / (heavy + weight);
            weight += heavy;
            count += many;
            blocks.pop();
        }
        blocks.push((height, weight, count));
    }
    let heights = blocks.iter().flat_map(|&(height, _, count)| std::iter::repeat_n(height, count));
    sorted.iter().zip(heights).map(|(point, y)| Point { y, ..*point }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heights(ys: &[(f64, f64)]) -> Vec<f64> {
        let points: Vec<Point> =
            ys.iter().enumerate().map(|(at, &(y, weight))| Point { x: at as f64, y, weight }).collect();
        rising(&points).iter().map(|point| point.y).collect()
    }

    #[test]
    fn a_dip_is_levelled_by_weight() {
        assert_eq!(heights(&[(1.0, 1.0), (4.0, 1.0), (1.0, 2.0), (5.0, 1.0)]), [1.0, 2.0, 2.0, 5.0]);
        assert_eq!(heights(&[(1.0, 1.0), (2.0, 1.0)]), [1.0, 2.0]);
        assert_eq!(heights(&[]), [0.0; 0]);
    }

    proptest! {
        #[test]
        fn it_never_falls_and_keeps_the_mean(ys in prop::collection::vec((-9.0..9.0, 0.1..5.0), 1..40)) {
            let out = heights(&ys);
            prop_assert!(out.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9));
            let before: f64 = ys.iter().map(|(y, weight)| y * weight).sum();
            let after: f64 = out.iter().zip(&ys).map(|(y, (_, weight))| y * weight).sum();
            prop_assert!((before - after).abs() < 1e-6);
        }
    }
}
