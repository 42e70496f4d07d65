//! Rectangles and discs: their vertices and the pipelines that fill them.

use crate::ground::light::linear;
use crate::ground::scene::Rgb;
use crate::presenter::layout::PixelRect;

/// One rectangle, disc or ellipse. Pictures use its place and the alpha of its colour.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Instance {
    rect: [f32; 4],
    color: [f32; 4],
    inside: [f32; 4],
    stroke: f32,
    unused: [f32; 3],
}

impl Instance {
    /// A rectangle for a raw view: the colour's bytes are written as they are.
    pub fn fill(rect: PixelRect, color: Rgb) -> Instance {
        let color = bytes(color).map(|c| c as f32);
        Instance { rect: px(rect), color, inside: color, stroke: 0.0, unused: [0.0; 3] }
    }

    /// A disc for an sRGB view.
    pub fn disc(rect: PixelRect, color: Rgb, inside: Rgb, stroke: u32) -> Instance {
        let inside = light(inside, 1.0);
        Instance { inside, stroke: stroke as f32, ..Instance::veil(rect, color, 1.0) }
    }

    /// A rectangle, or a filled ellipse, for an sRGB view.
    pub fn veil(rect: PixelRect, color: Rgb, opacity: f64) -> Instance {
        let color = light(color, opacity);
        Instance { rect: px(rect), color, inside: color, stroke: 0.0, unused: [0.0; 3] }
    }

    /// An ellipse for an sRGB view: its outline where `stroke` is not none.
    pub fn ellipse(rect: PixelRect, color: Rgb, stroke: Option<u32>, opacity: f64) -> Instance {
        let stroke = stroke.unwrap_or(0) as f32;
        Instance { stroke, ..Instance::veil(rect, color, opacity) }
    }

    /// The place of a picture.
    pub fn place(rect: PixelRect) -> Instance {
        Instance::fill(rect, Rgb::BLACK)
    }

    /// The place of a picture that can be seen through.
    pub fn place_veil(rect: PixelRect, opacity: f64) -> Instance {
        Instance::veil(rect, Rgb::BLACK, opacity)
    }
}

fn px(r: PixelRect) -> [f32; 4] {
    [r.x as f32, r.y as f32, r.w as f32, r.h as f32]
}

/// Red, green, blue and a full alpha as shares of 255.
pub fn bytes(color: Rgb) -> [f64; 4] {
    let [r, g, b] = color.0.map(|c| f64::from(c) / 255.0);
    [r, g, b, 1.0]
}

/// Red, green and blue as light, and an alpha.
fn light(color: Rgb, opacity: f64) -> [f32; 4] {
    let [r, g, b, _] = bytes(color).map(|v| linear(v) as f32);
    [r, g, b, opacity as f32]
}

/// Everything that pipelines of this room share: the size of what is drawn into.
#[derive(Clone, Debug)]
pub struct ScreenUniform {
    pub layout: wgpu::BindGroupLayout,
    pub bind: wgpu::BindGroup,
}

impl ScreenUniform {
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, width: u32, height: u32) -> Self {
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("screen"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            }],
        });
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("screen"),
            size: 16,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let size = [width as f32, height as f32, 0.0, 0.0];
        queue.write_buffer(&buffer, 0, bytemuck::cast_slice(&size));
        let bind = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("screen"),
            layout: &layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
        });
        ScreenUniform { layout, bind }
    }
}

/// What makes one pipeline differ from another.
pub struct PipelineSpec<'a> {
    pub label: &'static str,
    pub shader: &'a wgpu::ShaderModule,
    pub fragment: &'static str,
    pub groups: &'a [Option<&'a wgpu::BindGroupLayout>],
    pub attributes: &'a [wgpu::VertexAttribute],
    pub format: wgpu::TextureFormat,
    pub blend: Option<wgpu::BlendState>,
    pub topology: wgpu::PrimitiveTopology,
}

/// A pipeline whose vertex stage is `corner`, with one instance for each shape.
pub fn pipeline(device: &wgpu::Device, spec: &PipelineSpec<'_>) -> wgpu::RenderPipeline {
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(spec.label),
        bind_group_layouts: spec.groups,
        ..Default::default()
    });
    let instances = wgpu::VertexBufferLayout {
        array_stride: size_of::<Instance>() as u64,
        step_mode: wgpu::VertexStepMode::Instance,
        attributes: spec.attributes,
    };
    let buffers = [Some(instances)];
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(spec.label),
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: spec.shader,
            entry_point: Some("corner"),
            compilation_options: Default::default(),
            buffers: if spec.attributes.is_empty() { &[] } else { &buffers },
        },
        primitive: wgpu::PrimitiveState { topology: spec.topology, ..Default::default() },
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module: spec.shader,
            entry_point: Some(spec.fragment),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: spec.format,
                blend: spec.blend,
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// Pipelines for solid shapes.
#[derive(Debug)]
pub struct ShapeKit {
    shader: wgpu::ShaderModule,
    /// Rectangles, into raw views.
    pub fill: wgpu::RenderPipeline,
    /// Discs, into sRGB views.
    pub disc: wgpu::RenderPipeline,
    /// Rectangles that can be seen through, into sRGB views.
    pub veil: wgpu::RenderPipeline,
    /// Ellipses, into sRGB views.
    pub ellipse: wgpu::RenderPipeline,
}

impl ShapeKit {
    pub fn new(
        device: &wgpu::Device,
        screen: &ScreenUniform,
        format: wgpu::TextureFormat,
    ) -> ShapeKit {
        let shader = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("shapes.wgsl"),
            source: wgpu::ShaderSource::Wgsl(include_str!("../../../shaders/shapes.wgsl").into()),
        });
        let fill = Self::pipeline(device, screen, &shader, "fill", format, None);
        let blended = |fragment| {
            let (srgb, blend) = (format.add_srgb_suffix(), wgpu::BlendState::ALPHA_BLENDING);
            Self::pipeline(device, screen, &shader, fragment, srgb, Some(blend))
        };
        let (disc, veil, ellipse) = (blended("disc"), blended("fill"), blended("ellipse"));
        ShapeKit { shader, fill, disc, veil, ellipse }
    }

    /// A pipeline for rectangles into another format, such as that of the screen behind a canvas.
    pub fn fill_for(
        &self,
        device: &wgpu::Device,
        screen: &ScreenUniform,
        format: wgpu::TextureFormat,
    ) -> wgpu::RenderPipeline {
        Self::pipeline(device, screen, &self.shader, "fill", format, None)
    }

    fn pipeline(
        device: &wgpu::Device,
        screen: &ScreenUniform,
        shader: &wgpu::ShaderModule,
        fragment: &'static str,
        format: wgpu::TextureFormat,
        blend: Option<wgpu::BlendState>,
    ) -> wgpu::RenderPipeline {
        let attributes =
            wgpu::vertex_attr_array![0 => Float32x4, 1 => Float32x4, 2 => Float32x4, 3 => Float32];
        let spec = PipelineSpec {
            label: fragment,
            shader,
            fragment,
            groups: &[Some(&screen.layout)],
            attributes: &attributes,
            format,
            blend,
            topology: wgpu::PrimitiveTopology::TriangleStrip,
        };
        pipeline(device, &spec)
    }
}
