//! Draws prepared scenes into a target. Two kinds of pass take turns: raw ones, which write bytes as they are
//! (cheap even in software), and sRGB ones for everything that blends or filters.

use super::figures::FigureKit;
use super::picture::PicturePipes;
use super::prepared::Op;
use super::scale::LiveScale;
use super::shape::{Instance, ScreenUniform, ShapeKit, bytes};
use super::text::TextKit;
use super::turn::Canvas;
use super::{Gpu, GpuError, PictureKit, PictureTexture, Prepared, TargetView};
use crate::ground::scene::{Rgb, Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::presenter::fonts::Fonts;
use crate::presenter::layout::{PixelRect, Placed, lay_out};
use crate::rig::geometry::Geometry;
use crate::rig::patch::{Corner, Patch};
use crate::rig::schema::{Screen, Transform};
use std::sync::Arc;

/// Draws scenes of one size into targets of one format.
#[derive(Debug)]
pub struct Renderer {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    geometry: Geometry,
    screen: ScreenUniform,
    shapes: ShapeKit,
    pictures: PicturePipes,
    pub(super) figures: FigureKit,
    pub(super) text: TextKit,
    canvas: Option<Canvas>,
    patch: Option<(wgpu::Buffer, wgpu::RenderPipeline)>,
}

impl Renderer {
    /// A renderer for targets of this size and format; `direct` where the target has an sRGB view.
    ///
    /// # Errors
    /// A screen larger than the card can draw, or a font that cannot be used.
    pub fn new(
        gpu: &Gpu,
        kit: &PictureKit,
        (width, height): (u32, u32),
        format: wgpu::TextureFormat,
        direct: bool,
        rig: &Screen,
        patch: Option<Patch>,
    ) -> Result<Renderer, GpuError> {
        let limit = gpu.max_texture;
        if width > limit || height > limit {
            return Err(GpuError::ScreenTooLarge { width, height, limit });
        }
        let (device, queue) = (gpu.device.clone(), gpu.queue.clone());
        let screen = ScreenUniform::new(&device, &queue, width, height);
        let direct = direct && rig.transform == Transform::None;
        let size = (width, height);
        let canvas = (!direct).then(|| Canvas::new(&device, &queue, size, rig.transform, format));
        let drawn = if direct { format } else { Canvas::FORMAT };
        let shapes = ShapeKit::new(&device, &screen, drawn);
        let patch = patch.map(|p| {
            let rect = patch_rect(p, width, height);
            let both = [Instance::fill(rect, Rgb::BLACK), Instance::fill(rect, Rgb::WHITE)];
            (vertices(&device, &queue, &both), shapes.fill_for(&device, &screen, format))
        });
        let pictures = PicturePipes::new(kit, &screen, drawn);
        let fonts = Fonts::load(&rig.fonts)?;
        let text = TextKit::new(gpu, size, drawn.add_srgb_suffix(), fonts);
        let figures = FigureKit::new(kit);
        let geometry = Geometry::new(rig, width, height);
        Ok(Renderer {
            device,
            queue,
            geometry,
            screen,
            shapes,
            pictures,
            figures,
            text,
            canvas,
            patch,
        })
    }

    /// How lengths become pixels on what it draws into.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Lays a scene out and shapes its text. Allocates; not for the moment of a flip.
    ///
    /// # Errors
    /// Text for which there is no room.
    pub fn prepare(
        &mut self,
        scene: &Scene,
        picture: impl Fn(&StimulusId) -> Option<Arc<PictureTexture>>,
    ) -> Result<Prepared, GpuError> {
        let geometry = self.geometry;
        let held: Vec<(&StimulusId, Arc<PictureTexture>)> =
            scene.pictures().filter_map(|id| Some((id, picture(id)?))).collect();
        let find = |id: &StimulusId| held.iter().find(|(i, _)| *i == id).map(|(_, t)| t);
        let placed = lay_out(scene, &geometry, |id| find(id).map(|t| (t.width, t.height)));
        let mut out = Prepared {
            background: scene.background,
            ops: Vec::with_capacity(placed.len()),
            instances: None,
            texts: Vec::new(),
            scales: Vec::new(),
            missing: Vec::new(),
        };
        let mut instances = Vec::new();
        for p in placed {
            match p {
                Placed::Missing { stimulus } => out.missing.push(stimulus),
                Placed::Picture { stimulus, rect, native, opacity } => {
                    let texture = find(&stimulus).expect("only loaded pictures are placed").clone();
                    let i = instances.len() as u32;
                    instances.push(Instance::place_veil(rect, opacity));
                    let veiled = texture.translucent || opacity < 1.0;
                    out.ops.push(match (veiled, native) {
                        (true, _) => Op::Translucent(i, texture),
                        (false, true) => Op::Native(i, texture),
                        (false, false) => Op::Scaled(i, texture),
                    });
                }
                Placed::Fill { rect, color } => {
                    push_fills(&mut out.ops, &mut instances, &[rect], color);
                }
                Placed::Veil { rects, color, opacity } => {
                    let from = instances.len() as u32;
                    instances.extend(rects.iter().map(|r| Instance::veil(*r, color, opacity)));
                    out.ops.push(Op::Veils { from, to: instances.len() as u32 });
                }
                Placed::Ellipse { rect, color, stroke, opacity } => {
                    out.ops.push(Op::Ellipse(instances.len() as u32));
                    instances.push(Instance::ellipse(rect, color, stroke, opacity));
                }
                Placed::Text(text) => {
                    let shaped = self.text.fonts().shape(&text);
                    self.push_texts(&mut out, &[shaped])?;
                }
                Placed::Scale(scale) => {
                    self.prepare_scale(&mut out, &mut instances, *scale, scene.background)?;
                }
            }
        }
        if !instances.is_empty() {
            out.instances = Some(vertices(&self.device, &self.queue, &instances));
        }
        Ok(out)
    }

    /// Draws a scene as it looks at the instant `t`; `marked` makes the photodiode patch white.
    ///
    /// # Errors
    /// A countdown for whose digits there is no room.
    pub fn encode(
        &mut self,
        scene: &mut Prepared,
        t: Nanos,
        marked: bool,
        target: &TargetView,
    ) -> Result<wgpu::CommandBuffer, GpuError> {
        for s in &mut scene.scales {
            let discs = s.marker_discs(t, scene.background);
            self.queue.write_buffer(&s.marker, 0, bytemuck::cast_slice(&discs));
            if let (Some(d), Some(n)) = (&mut s.digits, s.layout.number_at(t)) {
                d.set(&mut self.text, n)?;
            }
        }
        let mut encoder = self.device.create_command_encoder(&Default::default());
        self.draw_ops(&mut encoder, scene, t, self.canvas.as_ref().map_or(target, |c| &c.view));
        if let Some(canvas) = &self.canvas {
            canvas.draw(&mut pass(&mut encoder, &target.raw, Some(Rgb::BLACK)));
        }
        if let Some((buffer, pipeline)) = &self.patch {
            let mut pass = pass(&mut encoder, &target.raw, None);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &self.screen.bind, &[]);
            pass.set_vertex_buffer(0, buffer.slice(..));
            let i = u32::from(marked);
            pass.draw(0..4, i..i + 1);
        }
        Ok(encoder.finish())
    }

    fn draw_ops(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        scene: &Prepared,
        t: Nanos,
        target: &TargetView,
    ) {
        let srgb =
            target.srgb.as_ref().expect("what cannot be seen as sRGB has a canvas before it");
        let mut clear = Some(scene.background);
        let mut rest = &scene.ops[..];
        loop {
            // The first pass clears the background, and is raw so that its bytes are exact.
            let raw = clear.is_some() || rest.first().is_none_or(Op::is_raw);
            let n = rest.iter().take_while(|op| op.is_raw() == raw).count();
            let view = if raw { &target.raw } else { srgb };
            let mut pass = pass(encoder, view, clear.take());
            pass.set_bind_group(0, &self.screen.bind, &[]);
            for op in &rest[..n] {
                self.draw_op(&mut pass, scene, op, t);
            }
            rest = &rest[n..];
            if rest.is_empty() {
                break;
            }
        }
    }

    fn draw_op(&self, pass: &mut wgpu::RenderPass<'_>, scene: &Prepared, op: &Op, t: Nanos) {
        let (pipeline, bind, from, to) = match op {
            Op::Fill { from, to } => (&self.shapes.fill, None, *from, *to),
            Op::Discs { from, to } => (&self.shapes.disc, None, *from, *to),
            Op::Veils { from, to } => (&self.shapes.veil, None, *from, *to),
            Op::Ellipse(i) => (&self.shapes.ellipse, None, *i, i + 1),
            Op::Native(i, p) => (&self.pictures.native, Some(&p.raw), *i, i + 1),
            Op::Scaled(i, p) => (&self.pictures.scaled, Some(&p.srgb), *i, i + 1),
            Op::Translucent(i, p) => (&self.pictures.translucent, Some(&p.srgb), *i, i + 1),
            Op::Text(i) => {
                self.text.draw(&scene.texts[*i], pass);
                return self.restore(pass);
            }
            Op::Digits(i) => {
                let scale = &scene.scales[*i];
                if let (Some(d), Some(_)) = (&scale.digits, scale.layout.number_at(t)) {
                    d.draw(&self.text, pass);
                    self.restore(pass);
                }
                return;
            }
            Op::Marker(i) => {
                pass.set_pipeline(&self.shapes.disc);
                pass.set_vertex_buffer(0, scene.scales[*i].marker.slice(..));
                return pass.draw(0..4, 0..LiveScale::DISCS as u32);
            }
        };
        let instances = scene.instances.as_ref().expect("shapes and pictures have instances");
        pass.set_pipeline(pipeline);
        if let Some(bind) = bind {
            pass.set_bind_group(1, bind, &[]);
        }
        pass.set_vertex_buffer(0, instances.slice(..));
        pass.draw(0..4, from..to);
    }

    /// Text uses binding places of its own.
    fn restore(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_bind_group(0, &self.screen.bind, &[]);
    }
}

pub(super) fn push_fills(
    ops: &mut Vec<Op>,
    instances: &mut Vec<Instance>,
    rects: &[PixelRect],
    color: Rgb,
) {
    let from = instances.len() as u32;
    instances.extend(rects.iter().map(|r| Instance::fill(*r, color)));
    let to = instances.len() as u32;
    match ops.last_mut() {
        Some(Op::Fill { to: end, .. }) if *end == from => *end = to,
        _ => ops.push(Op::Fill { from, to }),
    }
}

fn patch_rect(patch: Patch, width: u32, height: u32) -> PixelRect {
    let n = patch.size_px;
    let (right, bottom) = (width as i32 - n as i32, height as i32 - n as i32);
    let (x, y) = match patch.corner {
        Corner::TopLeft => (0, 0),
        Corner::TopRight => (right, 0),
        Corner::BottomLeft => (0, bottom),
        Corner::BottomRight => (right, bottom),
    };
    PixelRect { x, y, w: n, h: n }
}

pub(super) fn vertices(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    instances: &[Instance],
) -> wgpu::Buffer {
    let contents: &[u8] = bytemuck::cast_slice(instances);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("instances"),
        size: contents.len() as u64,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    queue.write_buffer(&buffer, 0, contents);
    buffer
}

fn pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    view: &wgpu::TextureView,
    clear: Option<Rgb>,
) -> wgpu::RenderPass<'a> {
    let load = clear.map_or(wgpu::LoadOp::Load, |c| {
        let [r, g, b, a] = bytes(c);
        wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a })
    });
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: None,
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load, store: wgpu::StoreOp::Store },
        })],
        depth_stencil_attachment: None,
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    })
}
