//! Drawn figures on the card: each is drawn once for a size and colour, and kept.

use super::{GpuError, PictureKit, PictureTexture};
use crate::ground::ports::Pixels;
use crate::ground::scene::{Figures, Rgb};
use crate::presenter::figures;
use crate::presenter::layout::FigureBox;
use std::sync::Arc;

/// Figures that were drawn so far.
#[derive(Debug)]
pub struct FigureKit {
    kit: PictureKit,
    drawn: Vec<(Key, Arc<PictureTexture>)>,
}

/// What a figure shows, which one of five it is, its side in pixels, and its colour.
type Key = (Figures, u32, u32, Rgb);

/// All kinds in two sizes or colours; the oldest makes way.
const KEPT: usize = 30;

impl FigureKit {
    pub fn new(kit: &PictureKit) -> FigureKit {
        FigureKit { kit: kit.clone(), drawn: Vec::new() }
    }

    /// The figure, drawn now where it is new. Not for the moment of a flip.
    ///
    /// # Errors
    /// Out of graphics memory, or larger than the card can draw.
    pub fn get(&mut self, figure: &FigureBox, color: Rgb) -> Result<Arc<PictureTexture>, GpuError> {
        let side = figure.rect.w.max(1);
        let key = (figure.figures, figure.index, side, color);
        if let Some((_, texture)) = self.drawn.iter().find(|(k, _)| *k == key) {
            return Ok(texture.clone());
        }
        let [r, g, b] = color.0;
        let coverage = figures::draw(figure.figures, figure.index, side);
        let rgba = coverage.iter().flat_map(|&a| [r, g, b, a]).collect();
        let pixels = Pixels { width: side, height: side, rgba };
        self.kit.check("a figure of a scale", &pixels)?;
        let mut texture = self.kit.texture(side, side)?;
        self.kit.fill(&mut texture, &pixels, || ());
        let texture = Arc::new(texture);
        if self.drawn.len() == KEPT {
            self.drawn.remove(0);
        }
        self.drawn.push((key, texture.clone()));
        Ok(texture)
    }
}
