//! Pictures on the card: their textures, how they get there, and the pipelines that draw them.

use super::shape::{PipelineSpec, ScreenUniform, pipeline};
use super::{Gpu, GpuError};
use crate::ground::ports::Pixels;

/// What a picture texture is made with; a loader thread keeps a copy.
#[derive(Clone, Debug)]
pub struct PictureKit {
    device: wgpu::Device,
    queue: wgpu::Queue,
    limit: u32,
    layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
}

/// A picture on the card.
#[derive(Debug)]
pub struct PictureTexture {
    pub width: u32,
    pub height: u32,
    /// Whether parts of it can be seen through.
    pub translucent: bool,
    pub(super) raw: wgpu::BindGroup,
    pub(super) srgb: wgpu::BindGroup,
    texture: wgpu::Texture,
}

impl PictureTexture {
    /// Bytes it takes on the card.
    pub fn bytes(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * 4
    }
}

/// So many bytes are sent at a time, so that a flip never waits long behind an upload.
const STRIPE: u32 = 256 * 1024;

impl PictureKit {
    pub fn new(gpu: &Gpu) -> PictureKit {
        let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("picture"),
            entries: &[
                wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: true },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                    count: None,
                },
                wgpu::BindGroupLayoutEntry {
                    binding: 1,
                    visibility: wgpu::ShaderStages::FRAGMENT,
                    ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
                    count: None,
                },
            ],
        });
        let sampler = gpu.device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("picture"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            ..Default::default()
        });
        PictureKit {
            device: gpu.device.clone(),
            queue: gpu.queue.clone(),
            limit: gpu.max_texture,
            layout,
            sampler,
        }
    }

    /// Whether pixels are what they say they are and fit this card; `what` names the picture.
    ///
    /// # Errors
    /// Too large, empty, or not as many bytes as its size needs.
    pub fn check(&self, what: &str, p: &Pixels) -> Result<(), GpuError> {
        let (what, width, height) = (what.to_string(), p.width, p.height);
        if width > self.limit || height > self.limit {
            return Err(GpuError::PictureTooLarge { what, width, height, limit: self.limit });
        }
        let bytes = p.rgba.len();
        if bytes as u64 != u64::from(width) * u64::from(height) * 4 || bytes == 0 {
            return Err(GpuError::PictureBroken { what, width, height, bytes });
        }
        Ok(())
    }

    /// Room on the card for a picture of this size.
    ///
    /// # Errors
    /// Out of memory.
    pub fn texture(&self, width: u32, height: u32) -> Result<PictureTexture, GpuError> {
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let format = wgpu::TextureFormat::Rgba8Unorm;
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[wgpu::TextureFormat::Rgba8UnormSrgb],
        });
        let bind = |format: wgpu::TextureFormat| {
            let view = texture.create_view(&wgpu::TextureViewDescriptor {
                format: Some(format),
                ..Default::default()
            });
            self.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("picture"),
                layout: &self.layout,
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: 0,
                        resource: wgpu::BindingResource::TextureView(&view),
                    },
                    wgpu::BindGroupEntry {
                        binding: 1,
                        resource: wgpu::BindingResource::Sampler(&self.sampler),
                    },
                ],
            })
        };
        let (raw, srgb) = (bind(format), bind(format.add_srgb_suffix()));
        if let Some(e) = pollster::block_on(scope.pop()) {
            return Err(GpuError::OutOfMemory(e.to_string()));
        }
        Ok(PictureTexture { width, height, translucent: false, raw, srgb, texture })
    }

    /// Sends pixels that `check` has passed to a texture of their size, stripe by stripe. `before_stripe` may
    /// wait for a moment when nothing is about to be shown.
    pub fn fill(&self, to: &mut PictureTexture, p: &Pixels, mut before_stripe: impl FnMut()) {
        to.translucent = p.rgba.chunks_exact(4).any(|c| c[3] != 255);
        let row = p.width * 4;
        let rows = (STRIPE / row).clamp(1, p.height);
        for y in (0..p.height).step_by(rows as usize) {
            let height = rows.min(p.height - y);
            let from = (y * row) as usize;
            before_stripe();
            self.queue.write_texture(
                wgpu::TexelCopyTextureInfo {
                    texture: &to.texture,
                    mip_level: 0,
                    origin: wgpu::Origin3d { x: 0, y, z: 0 },
                    aspect: wgpu::TextureAspect::All,
                },
                &p.rgba[from..from + (height * row) as usize],
                wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row),
                    rows_per_image: None,
                },
                wgpu::Extent3d { width: p.width, height, depth_or_array_layers: 1 },
            );
            // Else the upload would ride on the next flip's own submission.
            self.queue.submit([]);
        }
    }
}

/// Pipelines for pictures.
#[derive(Debug)]
pub struct PicturePipes {
    /// Byte for byte, into raw views.
    pub native: wgpu::RenderPipeline,
    /// Opaque and filtered, into sRGB views.
    pub scaled: wgpu::RenderPipeline,
    /// With alpha, of its own or of its element, into sRGB views.
    pub translucent: wgpu::RenderPipeline,
}

impl PicturePipes {
    pub fn new(
        kit: &PictureKit,
        screen: &ScreenUniform,
        format: wgpu::TextureFormat,
    ) -> PicturePipes {
        let shader = kit.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("picture.wgsl"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../../../shaders/picture.wgsl").into()),
        });
        let attributes = wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x4];
        let make = |fragment: &'static str, format, blend| {
            let spec = PipelineSpec {
                label: fragment,
                shader: &shader,
                fragment,
                groups: &[Some(&screen.layout), Some(&kit.layout)],
                attributes: &attributes,
                format,
                blend,
                topology: wgpu::PrimitiveTopology::TriangleStrip,
            };
            pipeline(&kit.device, &spec)
        };
        let srgb = format.add_srgb_suffix();
        PicturePipes {
            native: make("native", format, None),
            scaled: make("scaled", srgb, None),
            translucent: make(
                "translucent",
                srgb,
                Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            ),
        }
    }
}
