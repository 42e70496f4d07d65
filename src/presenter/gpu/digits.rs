//! The countdown of a scale: each digit is shaped and drawn once when the scene is prepared, so that a new
//! number on a flip only moves ready-made digits.

use super::GpuError;
use super::text::TextKit;
use crate::presenter::fonts::Shaped;
use crate::presenter::layout::TextBox;
use glyphon::{TextArea, TextRenderer};

/// Ten digits and where they go.
pub struct Digits {
    shaped: Vec<Shaped>,
    center: f32,
    wrap: f32,
    renderer: TextRenderer,
    shown: Option<u32>,
}

impl std::fmt::Debug for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digits({:?})", self.shown)
    }
}

impl Digits {
    pub fn new(kit: &mut TextKit, place: &TextBox) -> Result<Digits, GpuError> {
        let shaped: Vec<Shaped> = (0..10)
            .map(|d: u32| kit.fonts().shape(&TextBox { text: d.to_string(), ..place.clone() }))
            .collect();
        let mut renderer = kit.renderer();
        let areas: Vec<TextArea<'_>> = shaped.iter().map(Shaped::area).collect();
        kit.fill(&mut renderer, &areas)?;
        let (center, wrap) = (place.x as f32, place.wrap as f32);
        Ok(Digits { shaped, center, wrap, renderer, shown: None })
    }

    /// Draws a number.
    pub fn draw(&self, kit: &TextKit, pass: &mut wgpu::RenderPass<'_>) {
        kit.draw(&self.renderer, pass);
    }

    /// Makes `number` the one that is drawn.
    pub fn set(&mut self, kit: &mut TextKit, number: u32) -> Result<(), GpuError> {
        if self.shown == Some(number) {
            return Ok(());
        }
        let digits: Vec<usize> =
            number.to_string().bytes().map(|b| usize::from(b - b'0')).collect();
        let total: f32 = digits.iter().map(|&d| self.shaped[d].width).sum();
        let mut left = self.center - total / 2.0;
        let mut areas = Vec::with_capacity(digits.len());
        for d in digits {
            let s = &self.shaped[d];
            // Each digit stands in the middle of a box that is `wrap` wide.
            let middle = (left + s.width / 2.0 - self.wrap / 2.0).round();
            areas.push(TextArea { left: middle, ..s.area() });
            left += s.width;
        }
        kit.fill(&mut self.renderer, &areas)?;
        self.shown = Some(number);
        Ok(())
    }
}
