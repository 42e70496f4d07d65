//! Where the parts of a visual analogue scale stand: question above the line, anchors and countdown below,
//! marker on the line. All proportions follow the height of its text.

use super::{PixelRect, Stand, TextBox};
use crate::ground::scene::{Countdown, Marker, Rgb, ScaleView};
use crate::ground::time::Nanos;
use crate::rig::geometry::Geometry;

/// A scale in pixels. What moves is kept as it came, and asked for by instant.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBox {
    /// The line and its end ticks.
    pub strokes: [PixelRect; 3],
    pub color: Rgb,
    /// Question and anchors.
    pub texts: Vec<TextBox>,
    /// Place and size of the countdown's digits.
    pub digits: TextBox,
    pub filled: bool,
    /// Across the marker, in pixels.
    pub marker_size: u32,
    /// Width of the marker's outline, in pixels.
    pub marker_stroke: u32,
    marker: Marker,
    countdown: Option<Countdown>,
    /// From the middle of one end tick to that of the other.
    span: (f64, f64),
    line_y: f64,
}

impl ScaleBox {
    pub(super) fn new(view: &ScaleView, cx: f64, cy: f64, g: &Geometry) -> ScaleBox {
        let em = g.length(view.text_height).max(1.0);
        let width = g.length(view.width).max(2.0).round() as u32;
        let stroke = (em * 0.1).round().max(2.0) as u32;
        let tick = (em * 0.8).round() as u32;
        // An odd remainder would put the marker's middle beside the line's.
        let tick = tick + (tick + stroke) % 2;
        let line = PixelRect::centered(cx, cy, width, stroke);
        let half = f64::from(stroke) / 2.0;
        let line_y = f64::from(line.y) + half;
        let span = (f64::from(line.x) + half, f64::from(line.x) + f64::from(width) - half);
        let end = |x: f64| PixelRect::centered(x, line_y, stroke, tick);

        let text = |text: &str, x: f64, y: f64, stand: Stand, wrap: f64| TextBox {
            text: text.to_string(),
            x,
            y,
            stand,
            line_height: em,
            wrap: wrap.max(1.0),
            color: view.color,
            within: (g.visible.x, g.visible.x + g.visible.w),
        };
        let widest = g.visible.w * 0.95;
        let mut texts = vec![text(&view.question, cx, line_y - em * 1.1, Stand::Bottom, widest)];
        let n = view.anchors.len();
        let share = if n > 2 { 0.9 / (n - 1) as f64 } else { 0.6 };
        for (i, anchor) in view.anchors.iter().enumerate() {
            let at = if n > 1 { i as f64 / (n - 1) as f64 } else { 0.5 };
            let x = span.0 + at * (span.1 - span.0);
            texts.push(text(anchor, x, line_y + em * 0.75, Stand::Top, f64::from(width) * share));
        }
        let size = (em * 0.85).round() as u32;
        ScaleBox {
            strokes: [line, end(span.0), end(span.1)],
            color: view.color,
            texts,
            digits: text("", cx, line_y + em * 3.2, Stand::Top, em * 8.0),
            filled: view.confirmed,
            marker_size: size + (size + stroke) % 2,
            marker_stroke: stroke,
            marker: view.marker,
            countdown: view.countdown,
            span,
            line_y,
        }
    }

    /// The marker's square at an instant, on whole pixels: it changes only when it would look different.
    pub fn marker_at(&self, t: Nanos) -> PixelRect {
        let x = self.span.0 + self.marker.at(t) * (self.span.1 - self.span.0);
        PixelRect::centered(x, self.line_y, self.marker_size, self.marker_size)
    }

    /// The number that is counted down at an instant.
    pub fn number_at(&self, t: Nanos) -> Option<u32> {
        self.countdown.and_then(|c| c.at(t))
    }

    /// Whether a number may ever be shown.
    pub fn counts_down(&self) -> bool {
        self.countdown.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::{Extent, Motion, ScaleLook};
    use crate::rig::schema::Screen;

    fn view(marker: Marker) -> ScaleView {
        ScaleView {
            look: ScaleLook::Line,
            question: "q".into(),
            anchors: vec!["a".into(), "b".into(), "c".into()],
            width: Extent::Px(402.0),
            text_height: Extent::Px(25.0),
            color: Rgb::WHITE,
            marker,
            confirmed: false,
            countdown: Some(Countdown { end: Nanos::from_secs(8.0), last: Nanos::from_secs(3.0) }),
        }
    }

    fn boxed(marker: Marker) -> ScaleBox {
        let g = Geometry::new(&Screen::default(), 800, 600);
        ScaleBox::new(&view(marker), 400.0, 300.0, &g)
    }

    #[test]
    fn the_marker_stands_on_the_end_ticks_at_its_ends() {
        for (p, i) in [(0.0, 1), (1.0, 2)] {
            let b = boxed(Marker::At(p));
            let (m, tick) = (b.marker_at(Nanos::ZERO), b.strokes[i]);
            assert_eq!(2 * m.x + m.w as i32, 2 * tick.x + tick.w as i32);
            assert_eq!(2 * m.y + m.h as i32, 2 * tick.y + tick.h as i32);
        }
    }

    #[test]
    fn a_held_key_moves_the_marker_with_time() {
        let m = Motion {
            from: 0.0,
            since: Nanos::ZERO,
            direction: 1.0,
            delay: Nanos::ZERO,
            speed: 0.5,
            acceleration: 0.0,
            top_speed: 0.5,
        };
        let b = boxed(Marker::Moving(m));
        let x = |s: f64| b.marker_at(Nanos::from_secs(s)).x;
        assert_eq!(x(1.0) - x(0.0), 200);
        assert_eq!(x(0.0001), x(0.0), "less than a pixel is no change");
    }

    #[test]
    fn anchors_stand_under_ends_and_middle() {
        let b = boxed(Marker::At(0.5));
        let xs: Vec<f64> = b.texts[1..].iter().map(|t| t.x).collect();
        assert_eq!(xs, [b.span.0, (b.span.0 + b.span.1) / 2.0, b.span.1]);
        assert_eq!(b.number_at(Nanos::from_secs(5.5)), Some(3));
        assert_eq!(b.number_at(Nanos::from_secs(4.0)), None);
    }
}
