//! Where the parts of a rating scale stand: question above the line, then what the positions are marked by (ticks, points
//! or figures), labels, anchors and countdown below, marker on the line. All proportions follow the height of its text;
//! where its positions lie is the track's to say.

use super::{PixelRect, Stand, TextBox};
use crate::ground::scene::{Countdown, Figures, Marker, Rgb, ScaleLook, ScaleView, Track};
use crate::ground::time::Nanos;
use crate::rig::geometry::Geometry;

/// A scale in pixels. What moves is kept as it came, and asked for by instant.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBox {
    /// The line, and its end ticks where it has any.
    pub strokes: Vec<PixelRect>,
    /// Open circles that the marker can stand on.
    pub points: Vec<PixelRect>,
    pub figures: Vec<FigureBox>,
    pub color: Rgb,
    pub question: TextBox,
    /// Words of the points from left to right, some of which may be empty.
    pub labels: Vec<TextBox>,
    /// From one point to the next, in pixels.
    pub share: f64,
    /// Words below the line; where there are labels, they stand below those instead.
    pub anchors: Vec<TextBox>,
    /// Place and size of the countdown's digits; they make way for anchors of many lines.
    pub digits: TextBox,
    /// The marker has been confirmed.
    pub confirmed: bool,
    /// Across the marker, in pixels.
    pub marker_size: u32,
    /// Across the ring around a confirmed marker, in pixels; the marker of a line has none.
    pub ring_size: Option<u32>,
    /// Width of the marker's outline, in pixels.
    pub marker_stroke: u32,
    marker: Marker,
    countdown: Option<Countdown>,
    /// Where position 0 and position 1 lie.
    span: (f64, f64),
    line_y: f64,
}

/// One drawn figure of a self-assessment manikin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureBox {
    pub figures: Figures,
    /// From 0 (unpleasant, calm, controlled) to 4.
    pub index: u32,
    /// A square.
    pub rect: PixelRect,
}

/// How many figures a row has.
const FIGURES: u32 = 5;

impl ScaleBox {
    pub(super) fn new(view: &ScaleView, track: &Track, g: &Geometry) -> ScaleBox {
        let em = view.em(&g.lengths);
        let stroke = view.stroke(&g.lengths) as u32;
        // An odd remainder would put a middle beside the line's.
        let even = |size: f64, stroke: u32| {
            let size = size.round() as u32;
            size + (size + stroke) % 2
        };
        let (left, middle) = (g.visible.center_x(), g.visible.center_y());
        let span = (left + track.from_x, left + track.to_x);
        let center_x = (span.0 + span.1) / 2.0;
        let is_line = view.look == ScaleLook::Line;
        let thick = if is_line { stroke } else { (stroke / 2).max(1) };
        let line_top = (middle - track.y - f64::from(thick) / 2.0).round();
        let line_y = line_top + f64::from(thick) / 2.0;

        let end = |x: f64| PixelRect::centered(x, line_y, thick, even(em * 0.8, thick));
        let (first, last) = (end(span.0), end(span.1));
        let length = (last.x + last.w as i32 - first.x).max(0) as u32;
        let mut strokes = vec![PixelRect { x: first.x, y: line_top as i32, w: length, h: thick }];
        if is_line {
            strokes.extend([first, last]);
        }
        let text = |text: &str, x: f64, y: f64, stand: Stand, wrap: f64| TextBox {
            text: text.to_string(),
            x,
            y,
            stand,
            line_height: em,
            wrap: wrap.max(1.0),
            color: view.color,
            opacity: 1.0,
            // Letters at the very edge are hard to read.
            within: (g.visible.x + em * 0.3, g.visible.x + g.visible.w - em * 0.3),
        };
        let n = view.look.points().unwrap_or(0);
        let at = |i: u32, n: u32| {
            let position = if n > 1 { f64::from(i) / f64::from(n - 1) } else { 0.5 };
            span.0 + position * (span.1 - span.0)
        };
        let size = even(em * 0.55, thick);
        let points = (0..n).map(|i| PixelRect::centered(at(i, n), line_y, size, size)).collect();
        let figure = view.figure_px(&g.lengths).round();
        let below = line_y + em * if is_line { 0.75 } else { 0.95 };
        let above = line_y - em * if figure > 0.0 { 1.3 } else { 1.1 } - figure;
        let labels = match &view.look {
            ScaleLook::Points { labels } => labels
                .iter()
                .enumerate()
                .map(|(i, label)| text(label, at(i as u32, n), below, Stand::Top, 1.0))
                .collect(),
            ScaleLook::Line | ScaleLook::Figures { .. } => Vec::new(),
        };
        let figures = match view.look {
            ScaleLook::Figures { figures, mirrored, .. } => (0..FIGURES)
                .map(|i| {
                    let index = if mirrored { FIGURES - 1 - i } else { i };
                    let y = line_y - em - figure / 2.0;
                    let side = figure as u32;
                    let rect = PixelRect::centered(at(i, FIGURES), y, side, side);
                    FigureBox { figures, index, rect }
                })
                .collect(),
            ScaleLook::Line | ScaleLook::Points { .. } => Vec::new(),
        };
        let width = g.length(view.width).max(2.0).round();
        let words = view.anchors.len() as u32;
        let share = if words > 2 { 0.9 / f64::from(words - 1) } else { 0.6 };
        let anchor = |(i, a): (usize, &String)| {
            text(a, at(i as u32, words), below, Stand::Top, width * share)
        };
        ScaleBox {
            strokes,
            points,
            figures,
            color: view.color,
            question: text(&view.question, center_x, above, Stand::Bottom, g.visible.w * 0.95),
            labels,
            share: (span.1 - span.0) / f64::from(n.max(2) - 1),
            anchors: view.anchors.iter().enumerate().map(anchor).collect(),
            digits: text("", center_x, line_y + em * 3.2, Stand::Top, em * 8.0),
            confirmed: view.confirmed,
            marker_size: even(em * 0.85, thick),
            ring_size: (!is_line).then(|| even(em * 1.4, thick)),
            marker_stroke: stroke,
            marker: view.marker,
            countdown: view.countdown,
            span,
            line_y,
        }
    }

    /// Takes over what changes while a scale is on the screen: marker, countdown and confirmation.
    pub fn adopt(&mut self, view: &ScaleView) {
        self.marker = view.marker;
        self.countdown = view.countdown;
        self.confirmed = view.confirmed;
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

    /// Height of a line of its text, in pixels.
    pub fn em(&self) -> f64 {
        self.question.line_height
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
        let v = view(marker);
        ScaleBox::new(&v, &v.track(Extent::Px(0.0), Extent::Px(0.0), &g.lengths), &g)
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
        let xs: Vec<f64> = b.anchors.iter().map(|t| t.x).collect();
        assert_eq!(xs, [b.span.0, (b.span.0 + b.span.1) / 2.0, b.span.1]);
        assert_eq!(b.number_at(Nanos::from_secs(5.5)), Some(3));
        assert_eq!(b.number_at(Nanos::from_secs(4.0)), None);
    }

    fn look(look: ScaleLook, width: f64) -> (ScaleBox, Track, Geometry) {
        let g = Geometry::new(&Screen::default(), 801, 600);
        let v = ScaleView { look, width: Extent::Px(width), ..view(Marker::At(0.5)) };
        let track = v.track(Extent::Px(7.3), Extent::Px(-11.8), &g.lengths);
        (ScaleBox::new(&v, &track, &g), track, g)
    }

    fn points(n: usize) -> ScaleLook {
        ScaleLook::Points { labels: vec!["label".into(); n] }
    }

    fn middle(r: PixelRect) -> [f64; 2] {
        [f64::from(r.x) + f64::from(r.w) / 2.0, f64::from(r.y) + f64::from(r.h) / 2.0]
    }

    #[test]
    fn what_is_drawn_stands_where_a_hand_must_point() {
        for width in [402.0, 511.3, 700.0, 33.3] {
            for n in [2, 5, 7, 9] {
                let figures =
                    ScaleLook::Figures { figures: Figures::Arousal, points: n, mirrored: false };
                for look_of in [points(n as usize), figures] {
                    let (mut b, track, g) = look(look_of, width);
                    assert_eq!((b.points.len(), b.labels.len() % n as usize), (n as usize, 0));
                    for (i, point) in b.points.clone().into_iter().enumerate() {
                        let at = i as f64 / f64::from(n - 1);
                        b.marker = Marker::At(at);
                        let marker = middle(b.marker_at(Nanos::ZERO));
                        assert_eq!(marker, middle(point), "the marker stands on its point");
                        let upright = g.upright(marker);
                        let meant = track.position(upright).expect("it lies on the line");
                        let pixels = (meant - at) * (track.to_x - track.from_x);
                        assert!(pixels.abs() <= 0.5 + 1e-9, "{width} {n}: off by {pixels}");
                        assert!((upright[1] - track.y).abs() <= 0.5 + 1e-9);
                    }
                }
            }
        }
    }

    #[test]
    fn figures_stand_above_the_points_that_mean_them_and_fill_the_row() {
        for (n, mirrored) in [(5, false), (9, false), (9, true)] {
            let figures = ScaleLook::Figures { figures: Figures::Valence, points: n, mirrored };
            let (b, track, g) = look(figures, 600.0);
            assert_eq!(b.figures.len(), 5);
            for (i, f) in b.figures.iter().enumerate() {
                let under = b.points[i * (n as usize - 1) / 4];
                assert!((middle(f.rect)[0] - middle(under)[0]).abs() <= 1.0);
                assert_eq!(f.index, if mirrored { 4 - i as u32 } else { i as u32 });
                assert!(
                    track.position(g.upright(middle(f.rect))).is_some(),
                    "it can be pointed at"
                );
            }
            let edges = b.figures[4].rect.x + b.figures[4].rect.w as i32 - b.figures[0].rect.x;
            assert!((599..=601).contains(&edges), "{edges}");
            assert!(b.question.y <= f64::from(b.figures[0].rect.y));
        }
    }

    #[test]
    fn a_marker_that_was_taken_over_is_the_one_that_was_sent() {
        let mut b = boxed(Marker::At(0.0));
        let sent = ScaleView { confirmed: true, countdown: None, ..view(Marker::At(1.0)) };
        b.adopt(&sent);
        assert_eq!(b.marker_at(Nanos::ZERO), boxed(Marker::At(1.0)).marker_at(Nanos::ZERO));
        assert!(b.confirmed && !b.counts_down());
    }
}
