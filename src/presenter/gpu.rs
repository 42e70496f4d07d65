//! The graphics card: opened once, and the renderer that draws scenes on it. It knows wgpu and the layout; it
//! knows no window, no flip and no time but the instant it is asked to draw for.

mod digits;
mod figures;
mod picture;
mod prepared;
mod renderer;
mod scale;
mod shape;
mod target;
mod text;
mod turn;

pub use picture::{PictureKit, PictureTexture};
pub use prepared::{Look, Prepared};
pub use renderer::Renderer;
pub use target::TargetView;

use super::fonts::FontError;
use crate::ground::event::DisplayFailure;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Why the card cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    #[error("no graphics adapter can draw here: {0}")]
    NoAdapter(String),
    #[error("the graphics adapter gives no device: {0}")]
    NoDevice(String),
    #[error("the window gives no surface to draw on: {0}")]
    NoSurface(String),
    #[error("the window, or the screen that it was on, is gone")]
    Gone,
    #[error("the window was destroyed by another program")]
    NoWindow,
    #[error(
        "a screen of {width} x {height} pixels is larger than the {limit} this graphics adapter can draw"
    )]
    ScreenTooLarge { width: u32, height: u32, limit: u32 },
    #[error(
        "{what} is {width} x {height} pixels; this graphics adapter takes at most {limit} in a direction"
    )]
    PictureTooLarge { what: String, width: u32, height: u32, limit: u32 },
    #[error("{what} has {width} x {height} pixels but {bytes} bytes")]
    PictureBroken { what: String, width: u32, height: u32, bytes: usize },
    #[error("the graphics memory is full: {0}")]
    OutOfMemory(String),
    #[error(transparent)]
    Font(#[from] FontError),
    #[error("the text {0:?} cannot be drawn: too many different letters and sizes at once")]
    TextFull(String),
    #[error("the picture cannot be read back from the graphics adapter: {0}")]
    Readback(String),
}

impl GpuError {
    /// What helps.
    pub fn remedy(&self) -> &'static str {
        match self {
            GpuError::NoAdapter(_) | GpuError::NoDevice(_) => {
                "install a Vulkan driver; without a graphics card, Debian's mesa-vulkan-drivers draws in software"
            }
            GpuError::NoSurface(_) => {
                "start from a desktop session, or draw without a window: --display offscreen"
            }
            GpuError::Gone | GpuError::NoWindow => {
                "start the desktop or X server again, then the run with the next --run number; data files that were \
                 not written come from `reframe export DATA`"
            }
            GpuError::ScreenTooLarge { .. } => "choose a smaller screen mode or window",
            GpuError::PictureTooLarge { .. } => "store the picture smaller",
            GpuError::PictureBroken { .. } => "make the picture file again",
            GpuError::OutOfMemory(_) => "store pictures at the size they are shown, or use fewer",
            GpuError::Font(e) => e.remedy(),
            GpuError::TextFull(_) => "use fewer sizes of text",
            GpuError::Readback(_) => "update the graphics driver",
        }
    }

    /// Whether another try in a moment, or in another window, may do better.
    pub fn may_pass(&self) -> bool {
        use GpuError::{NoAdapter, NoDevice, NoSurface, NoWindow, OutOfMemory};
        matches!(self, NoAdapter(_) | NoDevice(_) | NoSurface(_) | NoWindow | OutOfMemory(_))
    }

    /// The failure as the session hears of it.
    pub fn failure(&self) -> DisplayFailure {
        DisplayFailure { text: self.to_string(), remedy: self.remedy().into() }
    }
}

/// An open graphics card.
#[derive(Clone, Debug)]
pub struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub info: wgpu::AdapterInfo,
    pub max_texture: u32,
    pub surface_views: bool,
    lost: Arc<AtomicBool>,
    /// The library takes nothing more for it, not even that a texture is given back.
    invalid: Arc<AtomicBool>,
    trouble: Arc<Mutex<Option<String>>>,
}

impl Gpu {
    /// Opens the adapter that serves `surface`, or the best one where there is none.
    ///
    /// # Errors
    /// No adapter, or one that gives no device.
    pub fn open(
        instance: &wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<(Gpu, wgpu::Adapter), GpuError> {
        let adapter = Gpu::adapter(instance, surface)?;
        let opened = pollster::block_on(adapter.request_device(&Gpu::wanted(&adapter)))
            .map_err(|e| GpuError::NoDevice(e.to_string()))?;
        Ok((Gpu::of(&adapter, opened), adapter))
    }

    /// The adapter that serves `surface`, or the best one where there is none.
    ///
    /// # Errors
    /// There is none.
    pub fn adapter(
        instance: &wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<wgpu::Adapter, GpuError> {
        pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            compatible_surface: surface,
            ..Default::default()
        }))
        .map_err(|e| GpuError::NoAdapter(e.to_string()))
    }

    /// What is asked of an adapter's device.
    pub fn wanted(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
        wgpu::DeviceDescriptor {
            label: Some("presenter"),
            required_limits: adapter.limits(),
            ..Default::default()
        }
    }

    /// A device that an adapter has given.
    pub fn of(adapter: &wgpu::Adapter, (device, queue): (wgpu::Device, wgpu::Queue)) -> Gpu {
        let lost = Arc::new(AtomicBool::new(false));
        let trouble = Arc::new(Mutex::new(None));
        let invalid = Arc::new(AtomicBool::new(false));
        let (flag, also) = (lost.clone(), invalid.clone());
        device.set_device_lost_callback(move |_, _| {
            also.store(true, Ordering::Release);
            flag.store(true, Ordering::Release);
        });
        // Unless they are taken, errors end the program; opening the device anew is worth a try.
        let (flag, keep) = (lost.clone(), trouble.clone());
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            keep.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(e.to_string());
            flag.store(true, Ordering::Release);
        }));
        let surface_views = adapter
            .get_downlevel_capabilities()
            .flags
            .contains(wgpu::DownlevelFlags::SURFACE_VIEW_FORMATS);
        let max_texture = adapter.limits().max_texture_dimension_2d;
        let info = adapter.get_info();
        Gpu { device, queue, info, max_texture, surface_views, lost, invalid, trouble }
    }

    /// Whether the driver has given the device up; everything on it is gone then.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// Whether nothing of it can be given back any more. A device that was given up says so only when it is asked.
    pub fn is_invalid(&self) -> bool {
        // What it says is heard by the callback.
        let _ = self.device.poll(wgpu::PollType::Poll);
        self.invalid.load(Ordering::Acquire)
    }

    /// It does not do what it is asked to: that is as good as lost.
    pub fn give_up(&self) {
        self.lost.store(true, Ordering::Release);
    }

    /// The first thing the driver complained about, if it did, in one line.
    pub fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        trouble.as_ref().map(words)
    }

    /// Whether the processor draws, with no graphics card behind it.
    pub fn is_software(&self) -> bool {
        self.info.device_type == wgpu::DeviceType::Cpu
    }
}
