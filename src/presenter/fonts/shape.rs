//! Shaping: a text becomes letters in lines, of a known size. Where it goes was decided by the layout.

use super::{Fonts, attrs, one_way_lines};
use crate::ground::scene::Rgb;
use crate::presenter::layout::{Stand, TextBox};
use glyphon::cosmic_text::Align;
use glyphon::{Buffer, Color, Metrics, Shaping, TextArea, TextBounds, Wrap};

/// A line of text is this much higher than its letters are large.
const LINE: f32 = 1.25;

/// A shaped text and its top left corner.
#[derive(Debug)]
pub struct Shaped {
    pub buffer: Buffer,
    pub left: f32,
    pub top: f32,
    /// Of its widest line.
    pub width: f32,
    /// Of all its lines.
    pub height: f32,
    pub color: Rgb,
    pub opacity: f64,
}

impl Shaped {
    /// How the text engine takes it.
    pub fn area(&self) -> TextArea<'_> {
        let [r, g, b] = self.color.0;
        TextArea {
            buffer: &self.buffer,
            left: self.left,
            top: self.top,
            scale: 1.0,
            bounds: TextBounds::default(),
            default_color: Color::rgba(r, g, b, (self.opacity * 255.0).round() as u8),
            custom_glyphs: &[],
        }
    }

    /// Where its last line ends.
    pub fn bottom(&self) -> f32 {
        self.top + self.height
    }
}

impl Fonts {
    /// Shapes a text and finds its place. A word that is wider than a line is broken.
    pub fn shape(&mut self, text: &TextBox) -> Shaped {
        self.shape_with(text, Wrap::WordOrGlyph)
    }

    pub(super) fn shape_with(&mut self, text: &TextBox, wrap: Wrap) -> Shaped {
        let line = text.line_height as f32;
        let mut buffer = Buffer::new(&mut self.system, Metrics::new(line / LINE, line));
        buffer.set_wrap(wrap);
        buffer.set_size(Some(text.wrap as f32), None);
        let told = one_way_lines(&text.text);
        buffer.set_text(&told, &attrs(), Shaping::Advanced, Some(Align::Center));
        buffer.shape_until_scroll(&mut self.system, false);
        let (mut lines, mut width) = (0, 0.0_f32);
        for run in buffer.layout_runs() {
            lines += 1;
            width = width.max(run.line_w);
        }
        let height = lines as f32 * line;
        let y = text.y as f32;
        let top = match text.stand {
            Stand::Top => y,
            Stand::Middle => y - height / 2.0,
            Stand::Bottom => y - height,
        };
        let (min, max) = (text.within.0 as f32 + width / 2.0, text.within.1 as f32 - width / 2.0);
        let x = if min <= max { (text.x as f32).clamp(min, max) } else { text.x as f32 };
        Shaped {
            buffer,
            left: (x - text.wrap as f32 / 2.0).round(),
            top: top.round(),
            width,
            height,
            color: text.color,
            opacity: text.opacity,
        }
    }
}
