//! Letters on the card: drawn once, kept, and put where the shaped texts have them. It knows neither layout nor script;
//! both were decided when the text was shaped.

use super::{Gpu, GpuError};
use crate::presenter::fonts::Fonts;
use glyphon::{Cache, Resolution, SwashCache, TextArea, TextAtlas, TextRenderer, Viewport};

/// The fonts, and the letters that were drawn with them so far.
pub struct TextKit {
    device: wgpu::Device,
    queue: wgpu::Queue,
    fonts: Fonts,
    letters: SwashCache,
    atlas: TextAtlas,
    viewport: Viewport,
}

impl std::fmt::Debug for TextKit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TextKit({:?})", self.fonts)
    }
}

impl TextKit {
    /// Text for sRGB views of this format.
    pub fn new(
        gpu: &Gpu,
        (width, height): (u32, u32),
        srgb: wgpu::TextureFormat,
        fonts: Fonts,
    ) -> TextKit {
        let cache = Cache::new(&gpu.device);
        let mut viewport = Viewport::new(&gpu.device, &cache);
        viewport.update(&gpu.queue, Resolution { width, height });
        let atlas = TextAtlas::new(&gpu.device, &gpu.queue, &cache, srgb);
        TextKit {
            device: gpu.device.clone(),
            queue: gpu.queue.clone(),
            fonts,
            letters: SwashCache::new(),
            atlas,
            viewport,
        }
    }

    /// The fonts that texts are shaped with.
    pub fn fonts(&mut self) -> &mut Fonts {
        &mut self.fonts
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
                self.fonts.system(),
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
