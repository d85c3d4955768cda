//! A plot of characters: a curve in braille dots, its marks, and a row that shows a share by height.

use super::axis::{Axis, Scale, short};

/// What is drawn.
pub(crate) struct Plot<'a> {
    /// Characters of the plot itself, without the labels at its left.
    pub(crate) width: usize,
    /// Rows of the curve.
    pub(crate) height: usize,
    /// The curve, in the order of x.
    pub(crate) points: &'a [(f64, f64)],
    /// What a value of the curve is called at the left.
    pub(crate) y_label: fn(f64) -> String,
    /// What a value of x is called below.
    pub(crate) x_label: fn(f64) -> String,
    /// A value of x that an upright line stands for.
    pub(crate) upright: Option<f64>,
    /// A value of y that a level line stands for.
    pub(crate) level: Option<f64>,
    /// The names of the curve and of the row below it.
    pub(crate) names: (&'a str, &'a str),
    /// Shares of 0 to 1 over the same x, drawn by height; 0 is empty.
    pub(crate) shares: &'a [(f64, f64)],
}

/// The lines of the plot, each as wide as its labels and the plot; none where there is nothing to draw.
pub(crate) fn plot(plot: &Plot<'_>) -> Vec<String> {
    let xs = || plot.points.iter().map(|point| point.0);
    let ys = plot.points.iter().map(|point| point.1).chain(plot.level);
    let (Some(x), Some(y)) = (Axis::holding(Scale::Even, xs().chain([0.0])), Axis::holding(Scale::Ratio, ys)) else {
        return Vec::new();
    };
    let cells = cells(plot, &x, &y);
    let ticks = y.ticks(plot.height.div_ceil(2));
    let row_of = |value: f64| ((1.0 - y.place(value)) * (plot.height as f64 - 1.0)).round() as usize;
    let label = |row: usize| {
        ticks.iter().find(|tick| row_of(**tick) == row).map_or(String::new(), |t| short(&(plot.y_label)(*t)))
    };
    let labels: Vec<String> = (0..plot.height).map(label).collect();
    let margin =
        labels.iter().map(|label| label.chars().count()).chain([plot.names.1.chars().count()]).max().unwrap_or(0);
    let mut out = vec![format!("{:>margin$} {}", "", plot.names.0)];
    for (row, label) in cells.iter().zip(&labels) {
        out.push(format!("{label:>margin$} ┤{}", row.iter().collect::<String>().trim_end()));
    }
    if plot.shares.iter().any(|(_, share)| *share > 0.0) {
        out.push(format!("{:>margin$} ┤{}", plot.names.1, share_row(plot, &x).trim_end()));
    }
    let (axis, names) = x_axis(plot, &x);
    out.push(format!("{:>margin$} └{axis}", ""));
    out.push(format!("{:>margin$}  {names}", "").trim_end().to_owned());
    out
}

/// The curve in braille, over the marks.
fn cells(plot: &Plot<'_>, x: &Axis, y: &Axis) -> Vec<Vec<char>> {
    let mut cells = vec![vec![' '; plot.width]; plot.height];
    let column = |value: f64| ((x.place(value) * plot.width as f64) as usize).min(plot.width - 1);
    if let Some(level) = plot.level {
        let row = ((1.0 - y.place(level)) * (plot.height as f64 - 1.0)).round() as usize;
        cells[row].fill('┈');
    }
    if let Some(upright) = plot.upright {
        cells.iter_mut().for_each(|row| row[column(upright)] = '│');
    }
    let mut dots = vec![vec![0_u8; plot.width]; plot.height];
    for at in 0..2 * plot.width {
        let value_x = x.low + (at as f64 + 0.5) / (2 * plot.width) as f64 * (x.high - x.low);
        let Some(value) = interpolated(plot.points, value_x) else { continue };
        let dot = ((1.0 - y.place(value)) * (4 * plot.height - 1) as f64).round() as usize;
        // The bits of a braille cell, its left column first. Source: Unicode, block U+2800.
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        dots[dot / 4][at / 2] |= BITS[at % 2][dot % 4];
    }
    for (row, row_dots) in cells.iter_mut().zip(dots) {
        for (cell, bits) in row.iter_mut().zip(row_dots).filter(|(_, bits)| *bits != 0) {
            *cell = char::from_u32(0x2800 + u32::from(bits)).unwrap_or('·');
        }
    }
    cells
}

fn share_row(plot: &Plot<'_>, x: &Axis) -> String {
    const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    // By ratio: a hundredth of a percent is one step, everything is eight.
    let step =
        |share: f64| if share < 1e-4 { 0 } else { ((share.log10() + 4.0) * 2.0).ceil().clamp(1.0, 8.0) as usize };
    (0..plot.width)
        .map(|at| {
            let value = x.low + (at as f64 + 0.5) / plot.width as f64 * (x.high - x.low);
            HEIGHTS[interpolated(plot.shares, value).map_or(0, step)]
        })
        .collect()
}

fn x_axis(plot: &Plot<'_>, x: &Axis) -> (String, String) {
    let mut axis = vec!['─'; plot.width];
    let mut names = vec![' '; plot.width + 8];
    let mut free = 0;
    for tick in x.ticks((plot.width / 10).max(2)) {
        let at = ((x.place(tick) * plot.width as f64) as usize).min(plot.width - 1);
        let name: Vec<char> = short(&(plot.x_label)(tick)).chars().collect();
        let from = at.saturating_sub(name.len() / 2);
        if from < free || from + name.len() > names.len() {
            continue;
        }
        axis[at] = '┴';
        names[from..from + name.len()].copy_from_slice(&name);
        free = from + name.len() + 1;
    }
    (axis.into_iter().collect(), names.into_iter().collect::<String>().trim_end().to_owned())
}

/// The value at x on straight lines through the points; `None` outside.
fn interpolated(points: &[(f64, f64)], x: f64) -> Option<f64> {
    points.windows(2).find(|pair| pair[0].0 <= x && x <= pair[1].0).map(|pair| {
        let share = (x - pair[0].0) / (pair[1].0 - pair[0].0).max(f64::MIN_POSITIVE);
        pair[0].1 + share * (pair[1].1 - pair[0].1)
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_curve_rises_to_its_line() {
        let points: Vec<(f64, f64)> =
            (1..=20).map(|at| (f64::from(at) * 2.0, 1.0 / (1.0 - f64::from(at) / 21.0))).collect();
        let shares = [(2.0, 0.0), (30.0, 0.0), (36.0, 0.01), (40.0, 0.2)];
        let lines = plot(&Plot {
            width: 40,
            height: 6,
            points: &points,
            y_label: |value| format!("{value}s"),
            x_label: |value| format!("{value}"),
            upright: Some(35.0),
            level: Some(6.0),
            names: ("p95", "fail"),
            shares: &shares,
        });
        expect![[r#"
                 p95
                 ┤                                   │   ⠔
             10s ┤                                   │⢀⡠⠊
                 ┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈⣀⠤⠒⠁┈┈┈
              3s ┤                          ⣀⣀⡠⠤⠒⠊⠉  │
                 ┤              ⣀⣀⣀⡠⠤⠤⠤⠒⠒⠊⠉⠉         │
              1s ┤  ⠤⠤⠤⠒⠒⠒⠒⠒⠉⠉⠉⠉                     │
            fail ┤                              ▂▃▄▄▄▄▆▆▇▇
                 └┴─────────┴─────────┴─────────┴────────┴
                  0        10        20        30       40"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn nothing_to_draw_draws_nothing() {
        let empty = Plot {
            width: 40,
            height: 6,
            points: &[],
            y_label: |_| String::new(),
            x_label: |_| String::new(),
            upright: None,
            level: None,
            names: ("", ""),
            shares: &[],
        };
        assert!(plot(&empty).is_empty());
    }
}
