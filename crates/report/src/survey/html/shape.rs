//! How a kind looks on the map: an outline and an icon, so that nothing is told by colour alone.

use plimsoll_model::ComponentKind;

/// The outline of a box, as SVG of its own coordinates.
pub(crate) fn outline(kind: ComponentKind, w: f64, h: f64) -> String {
    let frame = |radius: f64| format!("<rect class=\"frame\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"/>");
    let path = |d: String| format!("<path class=\"frame\" d=\"{d}\"/>");
    let trim = |d: String| format!("<path class=\"trim\" d=\"{d}\"/>");
    match kind {
        ComponentKind::Service => frame(7.0),
        ComponentKind::External => frame(7.0),
        ComponentKind::Gateway => {
            path(format!("M8 0H{}L{w} 8V{}L{} {h}H8L0 {}V8Z", w - 8.0, h - 8.0, w - 8.0, h - 8.0))
        }
        ComponentKind::Frontend => frame(3.0) + &trim(format!("M0 6H{w}")),
        ComponentKind::Store => {
            let body =
                path(format!("M0 5C0 -1.5 {w} -1.5 {w} 5V{}C{w} {} 0 {} 0 {}Z", h - 5.0, h + 1.5, h + 1.5, h - 5.0));
            body + &trim(format!("M0 5C0 11 {w} 11 {w} 5"))
        }
        ComponentKind::Cache => {
            frame(7.0)
                + &format!(
                    "<rect class=\"trim\" x=\"3.5\" y=\"3.5\" width=\"{}\" height=\"{}\" rx=\"4\"/>",
                    w - 7.0,
                    h - 7.0
                )
        }
        ComponentKind::Broker => frame(3.0) + &trim(format!("M6 0V{h}M{} 0V{h}", w - 6.0)),
        ComponentKind::Job => path(format!("M0 0H{}L{w} 9V{h}H0Z", w - 9.0)) + &trim(format!("M{} 0V9H{w}", w - 9.0)),
    }
}

/// The icon of a kind in a square of 16, drawn with a line.
pub(crate) const fn icon(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Service => "M8 2l5.2 3v6L8 14l-5.2-3V5zM8 8v6M8 8L2.8 5M8 8l5.2-3",
        ComponentKind::Gateway => "M2 8h5M7 8l4-4M7 8l4 4M7 8h7M11 4h3v0M11 12h3",
        ComponentKind::Frontend => "M2 3h12v10H2zM2 6h12M4 4.5h.1M6 4.5h.1",
        ComponentKind::Store => {
            "M3 4c0-2.4 10-2.4 10 0v8c0 2.4-10 2.4-10 0zM3 4c0 2.4 10 2.4 10 0M3 8c0 2.4 10 2.4 10 0"
        }
        ComponentKind::Cache => "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z",
        ComponentKind::Broker => "M2 4h8M2 8h12M6 12h8M12 2l2 2-2 2M4 10l-2 2 2 2",
        ComponentKind::Job => "M8 2a6 6 0 1 0 .1 0zM8 4.5V8l2.5 2",
        ComponentKind::External => "M7 3H3v10h10V9M9 2.5h4.5V7M13 3L7.5 8.5",
    }
}
