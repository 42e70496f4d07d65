//! Everything that lives on the card: device, screen, renderer, pictures. When a driver gives its device up,
//! this is what is made anew; scenes and schedule survive, for they name pictures and not textures.

use super::screen::Screen;
use super::{RenderConfig, Target};
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::PictureSource;
#[cfg(feature = "window")]
use crate::ground::record::Basis;
use crate::ground::scene::{Scene, StimulusId};
use crate::ground::time::Nanos;
#[cfg(feature = "window")]
use crate::presenter::feedback::{self, Feedback, VirtualFlip};
use crate::presenter::gpu::{Gpu, GpuError, PictureKit, Renderer};
use crate::presenter::offscreen::Memory;
use crate::presenter::pool::{Loader, Pool, Quiet};
use crossbeam_channel::{Receiver, Sender};
use std::sync::Arc;

/// What lives on the card.
#[derive(Debug)]
pub struct Machine {
    pub renderer: Renderer,
    pub screen: Screen,
    pub pool: Arc<Pool>,
    pub gpu: Gpu,
    kit: PictureKit,
    loader: Option<Loader>,
    /// Kept so that the loader goes on after its preload.
    _ready: Option<Receiver<Result<(), DisplayFailure>>>,
}

/// Room for pictures, in bytes: where a software driver keeps them in the memory of everybody, and on a card of its own.
const IN_MEMORY: u64 = 96 << 20;
const ON_CARD: u64 = 512 << 20;

impl Machine {
    /// Opens card and screen.
    pub fn build(config: &RenderConfig, target: &Target) -> Result<Machine, GpuError> {
        let (screen, gpu) = match target {
            Target::Offscreen { width, height } => {
                let instance =
                    wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
                let (gpu, _) = Gpu::open(&instance, None)?;
                let (width, height, limit) = (*width, *height, gpu.max_texture);
                if width.max(height) > limit || width.min(height) == 0 {
                    return Err(GpuError::ScreenTooLarge { width, height, limit });
                }
                (Screen::Memory(Box::new(Memory::new(&gpu.device, width, height))), gpu)
            }
            #[cfg(feature = "window")]
            Target::Window(window) => {
                let (screen, gpu) = super::surface::WindowScreen::open(window, &config.screen)?;
                (Screen::Window(Box::new(screen)), gpu)
            }
        };
        #[cfg(all(feature = "window", unix))]
        if let (Screen::Window(w), true) = (&screen, gpu.is_software())
            && w.link.is_some()
        {
            let (width, height) = screen.size();
            super::x11::make_room(width, height);
        }
        let kit = PictureKit::new(&gpu);
        let renderer = Self::renderer(config, &screen, &gpu, &kit)?;
        let room = if gpu.is_software() { IN_MEMORY } else { ON_CARD };
        let (bytes, grows) = (config.pool_bytes.unwrap_or(room), config.pool_bytes.is_none());
        let pool = Arc::new(Pool::new(kit.clone(), bytes, grows));
        Ok(Machine { renderer, screen, pool, gpu, kit, loader: None, _ready: None })
    }

    /// Shows the background: the first that is seen, and what makes the driver start whatever it needs.
    pub fn first_flip(&mut self, config: &RenderConfig) -> Result<(), GpuError> {
        let mut blank = self.renderer.prepare(&Scene::blank(config.background), |_| None)?;
        // What cannot be drawn into yet is drawn into by the check of the screen.
        if let Ok(view) = self.screen.acquire() {
            let commands = self.renderer.encode(&mut blank, Nanos::ZERO, false, &view)?;
            self.gpu.queue.submit([commands]);
            self.screen.present(&self.gpu);
        }
        Ok(())
    }

    /// Makes the surface fit its window again; true where the size has changed, and all that was prepared must
    /// be prepared anew.
    pub fn reconfigure(&mut self, config: &RenderConfig) -> Result<bool, GpuError> {
        let changed = self.screen.reconfigure(&self.gpu)?;
        if changed {
            self.renderer = Self::renderer(config, &self.screen, &self.gpu, &self.kit)?;
        }
        Ok(changed)
    }

    /// Whether nothing but the window can be gone: its server still answers.
    pub fn has_server(&self) -> bool {
        match &self.screen {
            Screen::Memory(_) => true,
            #[cfg(all(feature = "window", unix))]
            Screen::Window(w) => w
                .link
                .as_ref()
                .is_none_or(|l| matches!(l.round_trip(), Ok(_) | Err(GpuError::NoWindow))),
            #[cfg(all(feature = "window", not(unix)))]
            Screen::Window(_) => true,
        }
    }

    /// Starts loading pictures; the receiver hears when all are there.
    pub fn load(
        &mut self,
        pictures: Arc<dyn PictureSource>,
        preload: Vec<StimulusId>,
        quiet: Quiet,
        events: Sender<Event>,
    ) -> Result<Receiver<Result<(), DisplayFailure>>, DisplayFailure> {
        let pool = self.pool.clone();
        let (loader, ready) =
            Loader::start(pool, pictures, preload, quiet, events).map_err(no_thread)?;
        self.loader = Some(loader);
        self._ready = Some(ready.clone());
        Ok(ready)
    }

    /// Starts bringing pictures to a card that was opened anew: `first` at once, then what is announced, and `others` when
    /// there is time. The receiver hears when the first are there.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn resume(
        &mut self,
        pictures: Arc<dyn PictureSource>,
        first: Vec<StimulusId>,
        others: Vec<StimulusId>,
        quiet: Quiet,
        events: Sender<Event>,
    ) -> Result<Receiver<Result<(), DisplayFailure>>, DisplayFailure> {
        let pool = self.pool.clone();
        let resumed = Loader::resume(pool, pictures, first, others, quiet, events);
        let (loader, ready) = resumed.map_err(no_thread)?;
        self.loader = Some(loader);
        Ok(ready)
    }

    /// These pictures are needed from about `at` on.
    pub fn upcoming(&self, pictures: Vec<StimulusId>, at: Nanos) {
        if let Some(loader) = &self.loader {
            loader.upcoming(pictures, at);
        }
    }

    /// Who may tell of each picture on this display system; whether it does must be tried.
    #[cfg(feature = "window")]
    pub fn reporting(&self) -> Option<Box<dyn Feedback>> {
        let Screen::Window(w) = &self.screen else { return None };
        #[cfg(target_os = "linux")]
        if let Some(source) = feedback::WaylandPresentation::open(&w.target.window) {
            return Some(Box::new(source));
        }
        #[cfg(unix)]
        if let Some(source) = w.link.as_ref().and_then(|l| feedback::X11Present::open(l.window())) {
            return Some(Box::new(source));
        }
        #[cfg(windows)]
        if let Some(source) = feedback::DxgiStatistics::open(w.surface()) {
            return Some(Box::new(source));
        }
        let _ = w;
        None
    }

    /// The driver's own waiting, where the rig asks for it and the driver has it.
    #[cfg(all(feature = "window", target_os = "linux"))]
    pub fn waits(&self) -> Option<feedback::present_wait::PresentWait> {
        let Screen::Window(w) = &self.screen else { return None };
        w.waits.as_ref().map(|waits| waits.source())
    }

    /// The source of onset times that was found to serve. `row` is the row of the screen whose onset is told, as a share of
    /// its height; `paced` is the period of a swap chain that waits for the screen. What cannot be opened any more gives way
    /// to an estimate.
    #[cfg(feature = "window")]
    pub fn source(&self, basis: Basis, row: f64, paced: Option<Nanos>) -> Box<dyn Feedback> {
        let estimate = || Box::new(feedback::Estimate::new(paced));
        let Screen::Window(w) = &self.screen else { return Box::new(VirtualFlip::default()) };
        #[cfg(unix)]
        if let Some(link) = &w.link {
            let (link, window) = (link.clone(), link.window());
            match basis {
                Basis::X11Roundtrip => return Box::new(feedback::X11Roundtrip::new(link, row)),
                Basis::X11Msc => {
                    if let Some(source) = feedback::X11Msc::open(window) {
                        return Box::new(source);
                    }
                }
                _ => {}
            }
        }
        let _ = (w, row);
        #[cfg(target_os = "linux")]
        if basis == Basis::PresentWait {
            return match self.waits() {
                Some(waits) => Box::new(waits),
                None => estimate(),
            };
        }
        match basis {
            Basis::Estimate => estimate(),
            _ => self.reporting().unwrap_or_else(|| estimate()),
        }
    }

    /// The X11 window that is drawn into.
    #[cfg(all(feature = "window", unix))]
    pub fn window_id(&self) -> Option<u32> {
        let Screen::Window(w) = &self.screen else { return None };
        w.link.as_ref().map(|l| l.window())
    }

    /// Whether a software driver draws into an X11 window: it copies its pictures, and never waits for a screen.
    #[cfg(feature = "window")]
    pub fn is_software_on_x11(&self) -> bool {
        #[cfg(unix)]
        return self.window_id().is_some() && self.gpu.is_software();
        #[cfg(not(unix))]
        false
    }

    /// Whether a compositor is known to stand between the window and the screen.
    #[cfg(feature = "window")]
    pub fn is_composited(&self) -> bool {
        match &self.screen {
            Screen::Memory(_) => false,
            // Without X11 there is none but the compositor.
            #[cfg(unix)]
            Screen::Window(w) => w.link.as_ref().is_none_or(|l| l.is_composited()),
            #[cfg(not(unix))]
            Screen::Window(_) => false,
        }
    }

    /// The pixel in the middle of the window as the X server has it.
    #[cfg(feature = "window")]
    pub fn pixel_on_server(&self) -> Option<Vec<u8>> {
        #[cfg(unix)]
        if let Screen::Window(w) = &self.screen {
            let (width, height) = self.screen.size();
            let middle = |n: u32| i16::try_from(n / 2).ok();
            return w.link.as_ref()?.pixel(middle(width)?, middle(height)?);
        }
        None
    }

    fn renderer(
        config: &RenderConfig,
        screen: &Screen,
        gpu: &Gpu,
        kit: &PictureKit,
    ) -> Result<Renderer, GpuError> {
        Renderer::new(
            gpu,
            kit,
            screen.size(),
            screen.format(),
            screen.direct(),
            &config.screen,
            config.patch,
        )
    }
}

fn no_thread(e: std::io::Error) -> DisplayFailure {
    DisplayFailure {
        text: format!("the loading thread cannot be started: {e}"),
        remedy: "close other programs and start again".into(),
    }
}
