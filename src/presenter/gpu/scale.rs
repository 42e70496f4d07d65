//! A scale made ready: what stands still is placed for good, the marker is drawn anew for each flip.

use super::digits::Digits;
use super::prepared::Op;
use super::renderer::{push_fills, vertices};
use super::shape::Instance;
use super::{GpuError, Prepared, Renderer};
use crate::ground::scene::Rgb;
use crate::ground::time::Nanos;
use crate::presenter::fonts::{LabelRows, Shaped};
use crate::presenter::layout::{PixelRect, ScaleBox, TextBox};

/// The moving parts of a scale.
#[derive(Debug)]
pub(super) struct LiveScale {
    pub layout: ScaleBox,
    pub marker: wgpu::Buffer,
    pub digits: Option<Digits>,
}

impl LiveScale {
    /// How many discs a marker is drawn with.
    pub const DISCS: usize = 2;

    /// The marker at an instant: the ring around it, if any, and the marker itself.
    pub fn marker_discs(&self, t: Nanos, background: Rgb) -> [Instance; Self::DISCS] {
        let (s, color) = (&self.layout, self.layout.color);
        let marker = s.marker_at(t);
        let disc = |rect, inside| Instance::disc(rect, color, inside, s.marker_stroke);
        match s.ring_size {
            None => [nothing(), disc(marker, if s.confirmed { color } else { background })],
            Some(size) if s.confirmed => {
                [disc(around(marker, size), background), disc(marker, color)]
            }
            Some(_) => [nothing(), disc(marker, color)],
        }
    }
}

impl Renderer {
    pub(super) fn push_texts(
        &mut self,
        out: &mut Prepared,
        shaped: &[Shaped],
    ) -> Result<(), GpuError> {
        let areas: Vec<_> = shaped.iter().map(Shaped::area).collect();
        let mut renderer = self.text.renderer();
        self.text.fill(&mut renderer, &areas)?;
        out.ops.push(Op::Text(out.texts.len()));
        out.texts.push(renderer);
        Ok(())
    }

    pub(super) fn prepare_scale(
        &mut self,
        out: &mut Prepared,
        instances: &mut Vec<Instance>,
        scale: ScaleBox,
        background: Rgb,
    ) -> Result<(), GpuError> {
        let (em, stroke) = (scale.em() as f32, scale.marker_stroke);
        push_fills(&mut out.ops, instances, &scale.strokes, scale.color);

        let fonts = self.text.fonts();
        let mut shaped = vec![fonts.shape(&scale.question)];
        let mut top = None;
        if scale.labels.iter().any(|l| !l.text.is_empty()) {
            let thin = (stroke / 2).max(1);
            let labels = LabelRows::set(fonts, &scale.labels, scale.share, thin);
            push_fills(&mut out.ops, instances, &labels.leaders, scale.color);
            shaped.extend(labels.shaped);
            top = Some(labels.bottom + em * 0.4);
        }
        let mut lowest = top.unwrap_or(0.0);
        for anchor in &scale.anchors {
            let y = top.map_or(anchor.y, f64::from);
            let anchor = fonts.shape(&TextBox { y, ..anchor.clone() });
            lowest = lowest.max(anchor.bottom());
            shaped.push(anchor);
        }

        if !scale.points.is_empty() {
            let from = instances.len() as u32;
            let open =
                |r: &PixelRect| Instance::disc(*r, scale.color, background, (stroke / 2).max(1));
            instances.extend(scale.points.iter().map(open));
            out.ops.push(Op::Discs { from, to: instances.len() as u32 });
        }
        for figure in &scale.figures {
            let texture = self.figures.get(figure, scale.color)?;
            let i = instances.len() as u32;
            instances.push(Instance::place(figure.rect));
            out.ops.push(Op::Translucent(i, texture));
        }
        self.push_texts(out, &shaped)?;

        let i = out.scales.len();
        out.ops.push(Op::Marker(i));
        let digits = match scale.counts_down() {
            true => {
                out.ops.push(Op::Digits(i));
                let y = scale.digits.y.max(f64::from(lowest + em * 0.3));
                Some(Digits::new(&mut self.text, &TextBox { y, ..scale.digits.clone() })?)
            }
            false => None,
        };
        let marker = vertices(&self.device, &self.queue, &[nothing(); LiveScale::DISCS]);
        out.scales.push(LiveScale { layout: scale, marker, digits });
        Ok(())
    }
}

fn nothing() -> Instance {
    Instance::place(PixelRect { x: 0, y: 0, w: 0, h: 0 })
}

/// A square of another size around the same middle; both sizes are odd, or both even.
fn around(r: PixelRect, size: u32) -> PixelRect {
    let more = (size as i32 - r.w as i32) / 2;
    PixelRect { x: r.x - more, y: r.y - more, w: size, h: size }
}
