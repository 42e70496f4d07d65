//! What flips go to: memory, or a window. The flip loop sees no difference.

#[cfg(feature = "window")]
use super::surface::WindowScreen;
use crate::presenter::gpu::{Gpu, GpuError, TargetView};
use crate::presenter::offscreen::Memory;

/// Why there is nothing to draw into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "window"), allow(dead_code))]
pub enum Acquired {
    /// The surface must be configured again.
    Outdated,
    /// The surface is lost, and must be made anew.
    Lost,
    /// Nobody can see it just now.
    Hidden,
    /// The driver contradicts itself.
    Broken,
}

/// What flips go to.
#[derive(Debug)]
pub enum Screen {
    Memory(Box<Memory>),
    #[cfg(feature = "window")]
    Window(Box<WindowScreen>),
}

impl Screen {
    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Screen::Memory(m) => m.size(),
            #[cfg(feature = "window")]
            Screen::Window(w) => w.size(),
        }
    }

    pub fn format(&self) -> wgpu::TextureFormat {
        match self {
            Screen::Memory(_) => Memory::FORMAT,
            #[cfg(feature = "window")]
            Screen::Window(w) => w.format(),
        }
    }

    /// Whether what is acquired has an sRGB view.
    pub fn direct(&self) -> bool {
        match self {
            Screen::Memory(_) => true,
            #[cfg(feature = "window")]
            Screen::Window(w) => w.direct,
        }
    }

    /// What to draw into; the same again until it is presented.
    pub fn acquire(&mut self) -> Result<TargetView, Acquired> {
        match self {
            Screen::Memory(m) => Ok(m.view.clone()),
            #[cfg(feature = "window")]
            Screen::Window(w) => w.acquire(),
        }
    }

    /// Shows what was drawn.
    pub fn present(&mut self, gpu: &Gpu) {
        match self {
            Screen::Memory(_) => {
                let _ = gpu;
            }
            #[cfg(feature = "window")]
            Screen::Window(w) => w.present(gpu),
        }
    }

    /// Gives back what was acquired: it is about to be destroyed.
    pub fn let_go(&mut self, gpu: &Gpu) {
        match self {
            Screen::Memory(_) => {
                let _ = gpu;
            }
            #[cfg(feature = "window")]
            Screen::Window(w) => w.let_go(gpu),
        }
    }

    /// Whether a part of it must be drawn again.
    pub fn take_exposed(&self) -> bool {
        match self {
            Screen::Memory(_) => false,
            #[cfg(feature = "window")]
            Screen::Window(w) => w.target.exposed.swap(false, std::sync::atomic::Ordering::AcqRel),
        }
    }

    /// Whether it no longer fits what it shows on.
    pub fn is_suboptimal(&self) -> bool {
        match self {
            Screen::Memory(_) => false,
            #[cfg(feature = "window")]
            Screen::Window(w) => w.is_suboptimal(),
        }
    }

    /// Makes it fit again; true where the size has changed.
    ///
    /// # Errors
    /// The window is gone.
    pub fn reconfigure(&mut self, gpu: &Gpu) -> Result<bool, GpuError> {
        match self {
            Screen::Memory(_) => {
                let _ = gpu;
                Ok(false)
            }
            #[cfg(feature = "window")]
            Screen::Window(w) => w.reconfigure(gpu),
        }
    }
}
