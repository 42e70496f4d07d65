//! Text: one font (built in, or the rig's own; never the system's, which differ from PC to PC), shaped when a
//! scene is prepared. It knows letters; where they stand was decided by the layout.

use super::{Gpu, GpuError};
use crate::ground::scene::Rgb;
use crate::presenter::layout::{Stand, TextBox};
use glyphon::cosmic_text::Align;
use glyphon::{
    Attrs, Buffer, Cache, Color, Family, FontSystem, Metrics, Resolution, Shaping, SwashCache,
    TextArea, TextAtlas, TextBounds, TextRenderer, Viewport, fontdb,
};
use std::sync::Arc;

/// A line of text is this much higher than its letters are large.
const LINE: f32 = 1.25;

/// The font, and the letters that were drawn with it so far.
pub struct TextKit {
    device: wgpu::Device,
    queue: wgpu::Queue,
    fonts: FontSystem,
    family: String,
    letters: SwashCache,
    atlas: TextAtlas,
    viewport: Viewport,
}

impl std::fmt::Debug for TextKit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TextKit({})", self.family)
    }
}

/// A shaped text and its top left corner.
pub struct Shaped {
    pub buffer: Buffer,
    pub left: f32,
    pub top: f32,
    /// Of its widest line.
    pub width: f32,
    pub color: Rgb,
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
            default_color: Color::rgb(r, g, b),
            custom_glyphs: &[],
        }
    }
}

impl TextKit {
    /// Text for sRGB views of this format; `font` is a file to use instead of the built-in one.
    pub fn new(
        gpu: &Gpu,
        (width, height): (u32, u32),
        srgb: wgpu::TextureFormat,
        font: Option<&str>,
    ) -> Result<TextKit, GpuError> {
        let (fonts, family) = load_font(font)?;
        let cache = Cache::new(&gpu.device);
        let mut viewport = Viewport::new(&gpu.device, &cache);
        viewport.update(&gpu.queue, Resolution { width, height });
        let atlas = TextAtlas::new(&gpu.device, &gpu.queue, &cache, srgb);
        Ok(TextKit {
            device: gpu.device.clone(),
            queue: gpu.queue.clone(),
            fonts,
            family,
            letters: SwashCache::new(),
            atlas,
            viewport,
        })
    }

    /// Shapes a text and finds its place.
    pub fn shape(&mut self, text: &TextBox) -> Shaped {
        let line = text.line_height as f32;
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(line / LINE, line));
        buffer.set_size(Some(text.wrap as f32), None);
        let attrs = Attrs::new().family(Family::Name(&self.family));
        buffer.set_text(&text.text, &attrs, Shaping::Advanced, Some(Align::Center));
        buffer.shape_until_scroll(&mut self.fonts, false);
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
            color: text.color,
        }
    }

    /// A renderer that holds nothing yet.
    pub fn renderer(&mut self) -> TextRenderer {
        TextRenderer::new(&mut self.atlas, &self.device, Default::default(), None)
    }

    /// Puts texts into a renderer; letters that are new are drawn now.
    pub fn fill(
        &mut self,
        renderer: &mut TextRenderer,
        areas: &[TextArea<'_>],
    ) -> Result<(), GpuError> {
        for last in [false, true] {
            let filled = renderer.prepare(
                &self.device,
                &self.queue,
                &mut self.fonts,
                &mut self.atlas,
                &self.viewport,
                areas.iter().cloned(),
                &mut self.letters,
            );
            match filled {
                Ok(()) => return Ok(()),
                // Letters of former scenes make way.
                Err(_) if !last => self.atlas.trim(),
                Err(_) => break,
            }
        }
        let text = areas.first().and_then(|a| a.buffer.lines.first());
        Err(GpuError::TextFull(text.map_or(String::new(), |l| l.text().to_string())))
    }

    /// Draws what a renderer holds.
    pub fn draw(&self, renderer: &TextRenderer, pass: &mut wgpu::RenderPass<'_>) {
        // It can fail only for a viewport that was taken away, and this one is never changed.
        let drawn = renderer.render(&self.atlas, &self.viewport, pass);
        debug_assert!(drawn.is_ok(), "{drawn:?}");
    }
}

fn load_font(path: Option<&str>) -> Result<(FontSystem, String), GpuError> {
    let mut db = fontdb::Database::new();
    match path {
        None => {
            let font: &'static [u8] = dejavu::sans::regular();
            db.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        Some(path) => db
            .load_font_file(path)
            .map_err(|e| GpuError::Font { path: path.into(), why: e.to_string() })?,
    }
    let family = db.faces().next().and_then(|f| f.families.first()).map(|f| f.0.clone());
    let Some(family) = family else {
        let why = "it holds no font".into();
        return Err(GpuError::Font { path: path.unwrap_or("built in").into(), why });
    };
    db.set_sans_serif_family(&family);
    Ok((FontSystem::new_with_locale_and_db("en-US".into(), db), family))
}
