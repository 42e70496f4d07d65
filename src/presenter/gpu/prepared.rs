//! A scene that is ready to be drawn: laid out, its text shaped, its pictures held. What moves in it is
//! asked for by instant.

use super::PictureTexture;
use super::scale::LiveScale;
use crate::ground::scene::{Element, Rgb, ScaleView, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::presenter::layout::PixelRect;
use glyphon::TextRenderer;
use std::sync::Arc;

/// A scene that is ready to be drawn.
pub struct Prepared {
    pub(super) background: Rgb,
    pub(super) ops: Vec<Op>,
    pub(super) instances: Option<wgpu::Buffer>,
    pub(super) texts: Vec<TextRenderer>,
    pub(super) scales: Vec<LiveScale>,
    pub(super) missing: Vec<StimulusId>,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("ops", &self.ops).field("missing", &self.missing).finish()
    }
}

/// One step of drawing; numbers are places in the lists of [`Prepared`].
#[derive(Debug)]
pub(super) enum Op {
    Fill { from: u32, to: u32 },
    Discs { from: u32, to: u32 },
    Veils { from: u32, to: u32 },
    Ellipse(u32),
    Native(u32, Arc<PictureTexture>),
    Scaled(u32, Arc<PictureTexture>),
    Translucent(u32, Arc<PictureTexture>),
    Text(usize),
    Marker(usize),
    Digits(usize),
}

impl Op {
    /// Whether it writes bytes as they are, and not in linear light.
    pub fn is_raw(&self) -> bool {
        matches!(self, Op::Fill { .. } | Op::Native(..))
    }
}

/// How the moving parts of a scene look at one instant; equal looks need no new flip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look(Vec<(PixelRect, Option<u32>, bool)>);

impl Prepared {
    /// Pictures it needs that were not loaded when it was prepared; it is drawn without them.
    pub fn missing(&self) -> &[StimulusId] {
        &self.missing
    }

    /// Takes over `new` in the place of `old`, which it was prepared from, where they differ in nothing but what moves in
    /// a scale: marker, countdown and confirmation. False where it must be prepared again.
    pub fn adopt(&mut self, old: &Scene, new: &Scene) -> bool {
        if !old.is_like(new) {
            return false;
        }
        let mut order: Vec<&Element> = new.elements.iter().collect();
        order.sort_by_key(|e| e.depth);
        let views: Vec<&ScaleView> = order.iter().filter_map(|e| e.scale()).collect();
        let ready = |(s, v): (&LiveScale, &&ScaleView)| v.countdown.is_none() || s.digits.is_some();
        if views.len() != self.scales.len() || !self.scales.iter().zip(&views).all(ready) {
            return false;
        }
        self.scales.iter_mut().zip(&views).for_each(|(s, view)| s.layout.adopt(view));
        true
    }

    /// How it looks at an instant.
    pub fn look_at(&self, t: Nanos) -> Look {
        let look =
            |s: &LiveScale| (s.layout.marker_at(t), s.layout.number_at(t), s.layout.confirmed);
        Look(self.scales.iter().map(look).collect())
    }
}
