//! Turns an upright canvas into what a mirror or a projector needs, without touching a byte of it. Also used
//! where a surface cannot be seen both ways, and so cannot be drawn on directly.

use super::TargetView;
use super::shape::{PipelineSpec, pipeline};
use crate::rig::schema::Transform;

/// A canvas and how it gets to the screen.
#[derive(Debug)]
pub struct Canvas {
    pub view: TargetView,
    bind: wgpu::BindGroup,
    pipeline: wgpu::RenderPipeline,
}

impl Canvas {
    /// What scenes are drawn with on a canvas.
    pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

    pub fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        (width, height): (u32, u32),
        transform: Transform,
        to: wgpu::TextureFormat,
    ) -> Canvas {
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("canvas"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: Self::FORMAT,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[Self::FORMAT.add_srgb_suffix()],
        });
        // A screen that encodes sRGB must be given decoded values.
        let format = if to.is_srgb() { Self::FORMAT.add_srgb_suffix() } else { Self::FORMAT };
        let source = texture.create_view(&wgpu::TextureViewDescriptor {
            format: Some(format),
            ..Default::default()
        });
        let flips: [u32; 4] = match transform {
            Transform::None => [0, 0, 0, 0],
            Transform::FlipH => [1, 0, 0, 0],
            Transform::FlipV => [0, 1, 0, 0],
            Transform::Rotate180 => [1, 1, 0, 0],
        };
        let uniform = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("flip"),
            size: 16,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        queue.write_buffer(&uniform, 0, bytemuck::cast_slice(&flips));
        let layout = layout(device);
        let bind = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("turn"),
            layout: &layout,
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&source),
                },
                wgpu::BindGroupEntry { binding: 1, resource: uniform.as_entire_binding() },
            ],
        });
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("turn.wgsl"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../../../shaders/turn.wgsl").into()),
        });
        let spec = PipelineSpec {
            label: "turn",
            shader: &shader,
            fragment: "turned",
            groups: &[Some(&layout)],
            attributes: &[],
            format: to,
            blend: None,
            topology: wgpu::PrimitiveTopology::TriangleList,
        };
        let pipeline = pipeline(device, &spec);
        Canvas { view: TargetView::of(&texture, true), bind, pipeline }
    }

    /// Copies the canvas to the whole of what the pass draws into.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.bind, &[]);
        pass.draw(0..3, 0..1);
    }
}

fn layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    let entry = |binding: u32, ty: wgpu::BindingType| wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty,
        count: None,
    };
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("turn"),
        entries: &[
            entry(
                0,
                wgpu::BindingType::Texture {
                    sample_type: wgpu::TextureSampleType::Float { filterable: false },
                    view_dimension: wgpu::TextureViewDimension::D2,
                    multisampled: false,
                },
            ),
            entry(
                1,
                wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
            ),
        ],
    })
}
