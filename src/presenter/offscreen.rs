//! Scenes drawn into memory, one at a time and without any clock: for picture tests and storyboards.

use super::gpu::{Gpu, GpuError, PictureKit, PictureTexture, Renderer, TargetView};
use crate::ground::ports::Pixels;
use crate::ground::scene::{Scene, StimulusId};
use crate::ground::time::Nanos;
use crate::rig::patch::Patch;
use crate::rig::schema::Screen;
use image::RgbaImage;
use std::collections::HashMap;
use std::sync::Arc;

/// A screen in memory.
#[derive(Debug)]
pub struct Offscreen {
    gpu: Gpu,
    kit: PictureKit,
    renderer: Renderer,
    pictures: HashMap<StimulusId, Arc<PictureTexture>>,
    target: Memory,
}

impl Offscreen {
    /// A screen of this size, as the rig describes it, with a photodiode patch where one is wanted.
    ///
    /// # Errors
    /// No graphics adapter (not even one in software), a size it cannot draw, a font that cannot be used.
    pub fn new(
        width: u32,
        height: u32,
        screen: &Screen,
        patch: Option<Patch>,
    ) -> Result<Offscreen, GpuError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let (gpu, _) = Gpu::open(&instance, None)?;
        let kit = PictureKit::new(&gpu);
        let renderer =
            Renderer::new(&gpu, &kit, (width, height), Memory::FORMAT, true, screen, patch)?;
        let target = Memory::new(&gpu.device, width, height);
        Ok(Offscreen { gpu, kit, renderer, pictures: HashMap::new(), target })
    }

    /// The name of the adapter that draws.
    pub fn adapter(&self) -> &str {
        &self.gpu.info.name
    }

    /// Gives it a picture to draw scenes with.
    ///
    /// # Errors
    /// A picture that is broken or larger than the adapter takes.
    pub fn add_picture(&mut self, id: StimulusId, pixels: &Pixels) -> Result<(), GpuError> {
        self.kit.check(&format!("picture \"{id}\""), pixels)?;
        let mut texture = self.kit.texture(pixels.width, pixels.height)?;
        self.kit.fill(&mut texture, pixels, || ());
        self.pictures.insert(id, Arc::new(texture));
        Ok(())
    }

    /// Draws a scene as it looks at the instant `t`. Pictures that were not added are left out.
    ///
    /// # Errors
    /// Too much text, or a driver that fails.
    pub fn render(&mut self, scene: &Scene, t: Nanos, marked: bool) -> Result<RgbaImage, GpuError> {
        let pictures = &self.pictures;
        let mut prepared = self.renderer.prepare(scene, |id| pictures.get(id).cloned())?;
        let commands = self.renderer.encode(&mut prepared, t, marked, &self.target.view)?;
        self.gpu.queue.submit([commands]);
        let image = self.target.read(&self.gpu)?;
        self.gpu.trouble().map_or(Ok(image), |text| Err(GpuError::Readback(text)))
    }
}

/// A texture in the place of a screen.
#[derive(Debug)]
pub(super) struct Memory {
    texture: wgpu::Texture,
    pub view: TargetView,
}

impl Memory {
    pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

    pub fn new(device: &wgpu::Device, width: u32, height: u32) -> Memory {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("offscreen"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: Self::FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[Self::FORMAT.add_srgb_suffix()],
        });
        let view = TargetView::of(&texture, true);
        Memory { texture, view }
    }

    pub fn size(&self) -> (u32, u32) {
        (self.texture.width(), self.texture.height())
    }

    /// What was drawn last.
    pub fn read(&self, gpu: &Gpu) -> Result<RgbaImage, GpuError> {
        let failed = |e: &dyn std::fmt::Display| GpuError::Readback(e.to_string());
        let (width, height) = (self.texture.width(), self.texture.height());
        // Rows in a buffer must begin at multiples of 256 bytes.
        let row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("readback"),
            size: u64::from(row) * u64::from(height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row),
                    rows_per_image: None,
                },
            },
            self.texture.size(),
        );
        gpu.queue.submit([encoder.finish()]);
        let (tell, told) = std::sync::mpsc::channel();
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |r| {
            // The receiver is gone only when reading was given up.
            let _ = tell.send(r);
        });
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|e| failed(&e))?;
        told.recv().map_err(|e| failed(&e))?.map_err(|e| failed(&e))?;
        let mapped = buffer.slice(..).get_mapped_range().map_err(|e| failed(&e))?;
        let mut bytes = Vec::with_capacity((width * height * 4) as usize);
        for line in mapped.chunks_exact(row as usize) {
            bytes.extend_from_slice(&line[..(width * 4) as usize]);
        }
        Ok(RgbaImage::from_raw(width, height, bytes).expect("as many bytes as pixels were copied"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::*;

    fn scene(marker: f64, confirmed: bool, countdown: Option<f64>) -> Scene {
        let view = ScaleView {
            look: ScaleLook::Points { labels: ["a", "b", "c"].map(String::from).to_vec() },
            question: "q".into(),
            anchors: Vec::new(),
            width: Extent::Px(120.0),
            text_height: Extent::Px(16.0),
            color: Rgb::WHITE,
            marker: Marker::At(marker),
            confirmed,
            countdown: countdown
                .map(|s| Countdown { end: Nanos::from_secs(s), last: Nanos::from_secs(9.0) }),
        };
        let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
        let kind = ElementKind::Scale(view);
        let scale = Element { id: "s".into(), x, y, depth: 1, opacity: 1.0, kind };
        let shape = Shape { width: x, height: y, color: Rgb::WHITE, stroke: None };
        let kind = ElementKind::Rect(shape);
        let rect = Element { id: "r".into(), x, y, depth: 0, opacity: 1.0, kind };
        Scene { background: Rgb::GREY, elements: vec![scale, rect] }
    }

    #[test]
    fn a_scene_that_was_taken_over_looks_like_one_prepared_anew() {
        let mut o = Offscreen::new(160, 120, &Screen::default(), None).expect("an adapter");
        let first = scene(0.0, false, Some(5.0));
        for next in
            [scene(0.5, false, Some(5.0)), scene(1.0, true, Some(3.0)), scene(0.0, true, None)]
        {
            let mut prepared = o.renderer.prepare(&first, |_| None).expect("there is room");
            let before = prepared.look_at(Nanos::ZERO);
            assert!(prepared.adopt(&first, &next));
            assert_ne!(prepared.look_at(Nanos::ZERO), before);
            let commands = o
                .renderer
                .encode(&mut prepared, Nanos::ZERO, false, &o.target.view)
                .expect("it can be drawn");
            o.gpu.queue.submit([commands]);
            let taken_over = o.target.read(&o.gpu).expect("it can be read");
            let anew = o.render(&next, Nanos::ZERO, false).expect("it can be drawn");
            assert!(taken_over == anew, "{next:?}");
        }
    }

    #[test]
    fn another_scene_or_a_new_countdown_is_not_taken_over() {
        let mut o = Offscreen::new(160, 120, &Screen::default(), None).expect("an adapter");
        let first = scene(0.0, false, None);
        let mut prepared = o.renderer.prepare(&first, |_| None).expect("there is room");
        assert!(!prepared.adopt(&first, &scene(0.0, false, Some(5.0))));
        assert!(!prepared.adopt(&first, &Scene::blank(Rgb::GREY)));
        assert!(prepared.adopt(&first, &scene(1.0, false, None)));
    }
}
