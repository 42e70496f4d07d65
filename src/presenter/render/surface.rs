//! A window as a screen: its surface, configured so that it can be seen as raw bytes and as sRGB.

use super::WindowTarget;
use super::screen::Acquired;
#[cfg(unix)]
use super::x11::{X11Link, window_id};
#[cfg(target_os = "linux")]
use crate::presenter::feedback::present_wait::{self, Waits};
use crate::presenter::gpu::{Gpu, GpuError, TargetView};
use crate::rig::schema::Screen as RigScreen;
#[cfg(unix)]
use std::sync::Arc;

/// A window that is drawn into.
#[derive(Debug)]
pub struct WindowScreen {
    // Dropped in this order: who waits for its pictures, what was acquired, the surface, its connection, the window.
    #[cfg(target_os = "linux")]
    pub waits: Option<Waits>,
    acquired: Option<wgpu::SurfaceTexture>,
    surface: wgpu::Surface<'static>,
    #[cfg(unix)]
    pub link: Option<Arc<X11Link>>,
    pub target: WindowTarget,
    config: wgpu::SurfaceConfiguration,
    /// Whether its textures have an sRGB view.
    pub direct: bool,
    suboptimal: bool,
}

impl WindowScreen {
    /// Opens the window's surface and the card that serves it.
    pub fn open(target: &WindowTarget, rig: &RigScreen) -> Result<(WindowScreen, Gpu), GpuError> {
        let no_surface = |e: &dyn std::fmt::Display| GpuError::NoSurface(e.to_string());
        #[cfg(unix)]
        let link = window_id(&target.window).map(X11Link::open).transpose()?.map(Arc::new);
        #[cfg(unix)]
        let own = link.as_ref();
        #[cfg(not(unix))]
        let own = None;
        // Only Direct3D 12 tells of onsets on Windows; Vulkan draws at least, where there is no other, as under Wine.
        #[cfg(windows)]
        let (surface, gpu, adapter) = open_on(target, own, wgpu::Backends::DX12)
            .or_else(|_| open_on(target, own, wgpu::Backends::VULKAN))?;
        #[cfg(not(any(windows, target_os = "linux")))]
        let (surface, gpu, adapter) = open_on(target, own, wgpu::Backends::all())?;
        #[cfg(target_os = "linux")]
        let (surface, gpu, adapter) = match rig.present_wait {
            true => open_with_waits(target, own)?,
            false => open_on(target, own, wgpu::Backends::all())?,
        };
        #[cfg(target_os = "linux")]
        let waits = rig.present_wait.then(|| Waits::of(&gpu.device)).flatten();
        let _ = rig;
        let caps = surface.get_capabilities(&adapter);
        #[cfg(unix)]
        let (width, height) = size(target, own)?;
        #[cfg(not(unix))]
        let (width, height) = size(target)?;
        let mut config = surface
            .get_default_config(&adapter, width, height)
            .ok_or_else(|| no_surface(&"the adapter cannot draw on this window"))?;
        let raw = [wgpu::TextureFormat::Bgra8Unorm, wgpu::TextureFormat::Rgba8Unorm];
        let found = raw.into_iter().find(|f| caps.formats.contains(f));
        let encoded =
            || caps.formats.iter().copied().find(|f| raw.contains(&f.remove_srgb_suffix()));
        config.format = found
            .or_else(encoded)
            .ok_or_else(|| no_surface(&"it has no format with 8 bits a channel"))?;
        let direct = found.is_some() && gpu.surface_views;
        config.view_formats = match direct {
            true => vec![config.format.add_srgb_suffix()],
            false => Vec::new(),
        };
        config.present_mode = wgpu::PresentMode::Fifo;
        config.desired_maximum_frame_latency = 1;
        surface.configure(&gpu.device, &config);
        let target = target.clone();
        let screen = WindowScreen {
            #[cfg(target_os = "linux")]
            waits,
            acquired: None,
            surface,
            #[cfg(unix)]
            link,
            target,
            config,
            direct,
            suboptimal: false,
        };
        Ok((screen, gpu))
    }

    /// What wgpu draws on.
    #[cfg(windows)]
    pub fn surface(&self) -> &wgpu::Surface<'static> {
        &self.surface
    }

    pub fn size(&self) -> (u32, u32) {
        (self.config.width, self.config.height)
    }

    pub fn format(&self) -> wgpu::TextureFormat {
        self.config.format
    }

    /// The next texture to draw into; the same one again until it is presented.
    pub fn acquire(&mut self) -> Result<TargetView, Acquired> {
        if self.acquired.is_none() {
            use wgpu::CurrentSurfaceTexture as Current;
            let texture = match self.surface.get_current_texture() {
                Current::Success(t) => t,
                Current::Suboptimal(t) => {
                    self.suboptimal = true;
                    t
                }
                Current::Outdated => return Err(Acquired::Outdated),
                Current::Lost => return Err(Acquired::Lost),
                Current::Timeout | Current::Occluded => return Err(Acquired::Hidden),
                Current::Validation => return Err(Acquired::Broken),
            };
            self.acquired = Some(texture);
        }
        let texture = self.acquired.as_ref().expect("it was acquired just now");
        Ok(TargetView::of(&texture.texture, self.direct))
    }

    /// Hands the acquired texture to the screen.
    pub fn present(&mut self, gpu: &Gpu) {
        if let Some(texture) = self.acquired.take() {
            gpu.queue.present(texture);
        }
    }

    /// Gives back what was acquired, before the surface is destroyed. On a device that is lost the library can do so only on the
    /// way to the screen, which such a device never reaches; left to itself it would end the thread.
    pub fn let_go(&mut self, gpu: &Gpu) {
        match self.acquired.take() {
            Some(texture) if gpu.is_invalid() => gpu.queue.present(texture),
            other => drop(other),
        }
    }

    /// Whether the surface no longer fits its window.
    pub fn is_suboptimal(&self) -> bool {
        self.suboptimal
    }

    /// Makes the surface fit its window again; true where the size has changed.
    ///
    /// # Errors
    /// The window is gone, or its server.
    pub fn reconfigure(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        self.acquired = None;
        self.suboptimal = false;
        #[cfg(unix)]
        let (width, height) = size(&self.target, self.link.as_ref())?;
        #[cfg(not(unix))]
        let (width, height) = size(&self.target)?;
        #[cfg(target_os = "linux")]
        self.waits.iter().for_each(Waits::halt);
        let changed = (width, height) != self.size();
        (self.config.width, self.config.height) = (width, height);
        self.surface.configure(&gpu.device, &self.config);
        Ok(changed)
    }
}

#[cfg(unix)]
type Link = Arc<X11Link>;
#[cfg(not(unix))]
type Link = std::convert::Infallible;

type Opened = (wgpu::Surface<'static>, Gpu, wgpu::Adapter);

/// The window's surface and the card that serves it, through one of these backends.
fn open_on(
    target: &WindowTarget,
    link: Option<&Link>,
    backends: wgpu::Backends,
) -> Result<Opened, GpuError> {
    let instance = instance(target, link, backends);
    let surface = surface_on(&instance, target, link)?;
    let (gpu, adapter) = Gpu::open(&instance, Some(&surface))?;
    Ok((surface, gpu, adapter))
}

/// The same with a device that can be asked when a picture is on the screen, where the driver allows it.
#[cfg(target_os = "linux")]
fn open_with_waits(target: &WindowTarget, link: Option<&Link>) -> Result<Opened, GpuError> {
    let plain = instance(target, link, wgpu::Backends::all());
    let surface = surface_on(&plain, target, link)?;
    let adapter = Gpu::adapter(&plain, Some(&surface))?;
    // Nothing below wgpu is touched where the extensions are not there.
    if present_wait::offers(&adapter)
        && let Some(instance) = present_wait::hooked(&plain)
        && let Ok(surface) = surface_on(&instance, target, link)
        && let Ok(adapter) = Gpu::adapter(&instance, Some(&surface))
        && present_wait::offers(&adapter)
        && let Some(opened) = present_wait::open(&adapter, &Gpu::wanted(&adapter))
    {
        return Ok((surface, Gpu::of(&adapter, opened), adapter));
    }
    let (gpu, adapter) = Gpu::open(&plain, Some(&surface))?;
    Ok((surface, gpu, adapter))
}

fn instance(
    target: &WindowTarget,
    link: Option<&Link>,
    backends: wgpu::Backends,
) -> wgpu::Instance {
    let mut descriptor = match link {
        Some(_) => wgpu::InstanceDescriptor::new_without_display_handle(),
        None => wgpu::InstanceDescriptor::new_with_display_handle(Box::new(target.window.clone())),
    };
    descriptor.backends = backends;
    wgpu::Instance::new(descriptor)
}

fn surface_on(
    instance: &wgpu::Instance,
    target: &WindowTarget,
    link: Option<&Link>,
) -> Result<wgpu::Surface<'static>, GpuError> {
    #[cfg(unix)]
    if let Some(link) = link {
        return link.surface(instance);
    }
    let _ = link;
    #[cfg(windows)]
    return super::hwnd::surface(instance, &target.window);
    #[cfg(not(windows))]
    instance.create_surface(target.window.clone()).map_err(|e| GpuError::NoSurface(e.to_string()))
}

/// The window's size. On X11 the window library must not be asked: it panics where the window is gone.
fn size(
    target: &WindowTarget,
    #[cfg(unix)] link: Option<&Arc<X11Link>>,
) -> Result<(u32, u32), GpuError> {
    #[cfg(unix)]
    if let Some(link) = link {
        let (width, height) = link.size()?;
        return Ok((width.max(1), height.max(1)));
    }
    let size = target.window.inner_size();
    Ok((size.width.max(1), size.height.max(1)))
}
