//! The two ways to look at the memory that is drawn into: as the bytes they are, and as sRGB for work in
//! linear light.

/// A texture that is drawn into, seen both ways.
#[derive(Clone, Debug)]
pub struct TargetView {
    /// Bytes as they are.
    pub raw: wgpu::TextureView,
    /// Decoded and encoded as sRGB by the card; none where the surface cannot be seen so.
    pub srgb: Option<wgpu::TextureView>,
}

impl TargetView {
    /// Both views of a texture; `both` where it was made with the sRGB form among its view formats.
    pub fn of(texture: &wgpu::Texture, both: bool) -> TargetView {
        let format = texture.format();
        let view = |format: wgpu::TextureFormat| {
            texture.create_view(&wgpu::TextureViewDescriptor {
                format: Some(format),
                usage: Some(wgpu::TextureUsages::RENDER_ATTACHMENT),
                ..Default::default()
            })
        };
        TargetView { raw: view(format), srgb: both.then(|| view(format.add_srgb_suffix())) }
    }
}
