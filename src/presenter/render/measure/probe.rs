//! Blank pictures that are handed over to see when they come.

use crate::ground::clock::monotonic_now;
use crate::ground::scene::{Rgb, Scene};
use crate::ground::time::Nanos;
use crate::presenter::feedback::{Fate, Feedback, Handed, Report, Seen};
use crate::presenter::gpu::{GpuError, Prepared};
use crate::presenter::render::RenderConfig;
use crate::presenter::render::machine::Machine;
use crate::presenter::render::screen::Acquired;
use std::time::Duration;

/// Hands blank pictures over, and keeps what is said of them.
pub struct Probe<'a> {
    pub machine: &'a mut Machine,
    config: &'a RenderConfig,
    blank: Prepared,
    /// Who may tell of pictures on this system.
    pub source: Option<Box<dyn Feedback>>,
    pub handed: Vec<Handed>,
    /// How many were handed over before the source was listened to.
    before: usize,
    reports: Vec<Report>,
}

/// Looking for reports while there is nothing else to do.
const PAUSE: Duration = Duration::from_micros(300);

impl<'a> Probe<'a> {
    pub fn new(
        machine: &'a mut Machine,
        config: &'a RenderConfig,
        source: Option<Box<dyn Feedback>>,
    ) -> Result<Probe<'a>, GpuError> {
        let blank = machine.renderer.prepare(&Scene::blank(config.background), |_| None)?;
        let (handed, reports) = (Vec::new(), Vec::new());
        Ok(Probe { machine, config, blank, source, handed, before: 0, reports })
    }

    /// Listens to another source from now on; what the one before said is forgotten.
    #[cfg(target_os = "linux")]
    pub fn listen_to(&mut self, source: Box<dyn Feedback>) {
        self.source = Some(source);
        self.before = self.handed.len();
        self.reports.clear();
    }

    /// The colour of blank pictures.
    pub fn background(&self) -> Rgb {
        self.config.background
    }

    /// The row of the screen whose onset is told, as a share of its height from the top.
    pub fn row(&self) -> f64 {
        self.config.row(self.machine.screen.size().1)
    }

    /// Another colour from now on.
    pub fn paint(&mut self, background: Rgb) -> Result<(), GpuError> {
        self.blank = self.machine.renderer.prepare(&Scene::blank(background), |_| None)?;
        Ok(())
    }

    /// Hands one over; none where there is nothing to draw into just now.
    pub fn hand_over(&mut self) -> Result<Option<Handed>, GpuError> {
        self.draw()?.then(|| self.present()).transpose()
    }

    /// The same at an instant.
    pub fn hand_over_at(&mut self, at: Nanos) -> Result<Option<Handed>, GpuError> {
        if !self.draw()? {
            return Ok(None);
        }
        while monotonic_now() < at {
            self.listen();
            std::thread::sleep((at - monotonic_now()).to_duration().min(PAUSE));
        }
        self.present().map(Some)
    }

    fn draw(&mut self) -> Result<bool, GpuError> {
        let view = match self.machine.screen.acquire() {
            Ok(view) => view,
            Err(Acquired::Outdated) => {
                self.machine.screen.reconfigure(&self.machine.gpu)?;
                if let Some(source) = &mut self.source {
                    source.restart();
                }
                return Ok(false);
            }
            Err(_) => return Ok(false),
        };
        let commands = self.machine.renderer.encode(&mut self.blank, Nanos::ZERO, false, &view)?;
        let index = self.machine.gpu.queue.submit([commands]);
        // An error means that the device is gone, which the flip loop finds out by itself.
        let _ = self
            .machine
            .gpu
            .device
            .poll(wgpu::PollType::Wait { submission_index: Some(index), timeout: None });
        Ok(true)
    }

    fn present(&mut self) -> Result<Handed, GpuError> {
        let number = self.handed.len() as u64 + 1;
        if let Some(source) = &mut self.source {
            source.ask(number);
        }
        let called = monotonic_now();
        self.machine.screen.present(&self.machine.gpu);
        let returned = monotonic_now();
        let handed = Handed { number, called, returned, flip: called };
        if let Some(source) = &mut self.source {
            source.handed(&handed).map_err(|_| GpuError::Gone)?;
        }
        self.handed.push(handed);
        self.listen();
        Ok(handed)
    }

    fn listen(&mut self) {
        if let Some(source) = &mut self.source {
            source.take(&mut self.reports);
        }
    }

    /// Waits for what is still to be reported, so long at the most; `meanwhile` is called in between.
    pub fn settle(&mut self, patience: Nanos, mut meanwhile: impl FnMut()) {
        let until = monotonic_now() + patience;
        while self.source.is_some()
            && self.reports.len() < self.handed.len() - self.before
            && monotonic_now() < until
        {
            meanwhile();
            self.listen();
            std::thread::sleep(PAUSE);
        }
    }

    /// Pictures from the `from`th on that somebody has really seen, in order.
    pub fn seen(&self, from: usize) -> Vec<(Handed, Seen)> {
        let mut all: Vec<(Handed, Seen)> = self
            .reports
            .iter()
            .filter_map(|r| match r.fate {
                Fate::Shown(seen) => Some((*self.handed.get(r.number as usize - 1)?, seen)),
                Fate::Discarded => None,
            })
            .filter(|(h, seen)| h.number as usize > from && seen.basis.is_confirmed())
            .collect();
        all.sort_by_key(|(h, _)| h.number);
        all
    }
}
