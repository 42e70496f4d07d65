//! Everything that lives on the card: device, screen, renderer, pictures. When a driver gives its device up,
//! this is what is made anew; scenes and schedule survive, for they name pictures and not textures.

use super::screen::Screen;
use super::{RenderConfig, Target};
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::PictureSource;
use crate::ground::record::Basis;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
#[cfg(feature = "window")]
use crate::presenter::feedback::Estimate;
use crate::presenter::feedback::{Feedback, VirtualFlip};
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
                let (screen, gpu) = super::surface::WindowScreen::open(window)?;
                (Screen::Window(Box::new(screen)), gpu)
            }
        };
        let kit = PictureKit::new(&gpu);
        let renderer = Self::renderer(config, &screen, &gpu, &kit)?;
        let pool = Arc::new(Pool::new(kit.clone(), config.pool_bytes));
        Ok(Machine { renderer, screen, pool, gpu, kit, loader: None, _ready: None })
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
            Loader::start(pool, pictures, preload, quiet, events).map_err(|e| DisplayFailure {
                text: format!("the loading thread cannot be started: {e}"),
                remedy: "close other programs and start again".into(),
            })?;
        self.loader = Some(loader);
        self._ready = Some(ready.clone());
        Ok(ready)
    }

    /// These pictures are needed from about `at` on.
    pub fn upcoming(&self, pictures: Vec<StimulusId>, at: Nanos) {
        if let Some(loader) = &self.loader {
            loader.upcoming(pictures, at);
        }
    }

    /// Where onset times come from. `paced` is the period of a swap chain that waits for the screen.
    #[cfg_attr(not(feature = "window"), allow(unused_variables))]
    pub fn feedback(&self, paced: Option<Nanos>) -> Box<dyn Feedback> {
        match &self.screen {
            Screen::Memory(_) => Box::new(VirtualFlip),
            #[cfg(all(feature = "window", unix))]
            Screen::Window(w) => match &w.link {
                // A software driver copies pictures through this very socket; a card does not.
                Some(link) if self.gpu.is_software() => {
                    Box::new(crate::presenter::feedback::X11Roundtrip { link: link.clone() })
                }
                _ => Box::new(Estimate { paced }),
            },
            #[cfg(all(feature = "window", not(unix)))]
            Screen::Window(_) => Box::new(Estimate { paced }),
        }
    }

    /// Whether flips can wait for the screen at all: a software driver on X11 never does.
    pub fn can_be_paced(&self) -> bool {
        self.feedback(None).basis() == Basis::Estimate
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
