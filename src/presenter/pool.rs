//! Pictures on the card, and the thread that brings them there. The flip thread only asks whether a picture is
//! there; it never decodes, uploads or makes room.

mod loader;

pub use loader::{Loader, Quiet};

use super::gpu::{GpuError, PictureKit, PictureTexture};
use crate::ground::ports::Pixels;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Room for pictures on the card, bounded in bytes.
#[derive(Debug)]
pub struct Pool {
    kit: PictureKit,
    budget: AtomicU64,
    /// Whether it may grow for pictures that are large.
    grows: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    bytes: u64,
    slots: HashMap<StimulusId, Slot>,
}

#[derive(Debug)]
struct Slot {
    texture: Arc<PictureTexture>,
    needed: Nanos,
}

impl Pool {
    /// An empty pool of so many bytes; `grows` where it may have more for pictures that are large.
    pub fn new(kit: PictureKit, budget: u64, grows: bool) -> Pool {
        Pool { kit, budget: AtomicU64::new(budget), grows, inner: Mutex::default() }
    }

    /// The picture, where it is there.
    pub fn get(&self, id: &StimulusId) -> Option<Arc<PictureTexture>> {
        self.lock().slots.get(id).map(|s| s.texture.clone())
    }

    /// Bytes that pictures take.
    pub fn bytes(&self) -> u64 {
        self.lock().bytes
    }

    /// Notes when a picture is needed; false where it is not there.
    pub fn needed(&self, id: &StimulusId, at: Nanos) -> bool {
        self.lock().slots.get_mut(id).map(|s| s.needed = at).is_some()
    }

    /// Makes sure that so many pictures of this size have room, where the pool may grow: those that are on the screen and
    /// those that come next.
    pub fn reserve(&self, pictures: u64, pixels: &Pixels) {
        if !self.grows {
            return;
        }
        self.budget.fetch_max(pictures * pixels.rgba.len() as u64, Ordering::Relaxed);
    }

    fn budget(&self) -> u64 {
        self.budget.load(Ordering::Relaxed)
    }

    /// Whether a picture fits beside those that are there.
    pub fn has_room(&self, pixels: &Pixels) -> bool {
        self.lock().bytes + pixels.rgba.len() as u64 <= self.budget()
    }

    /// Whether the card takes these pixels at all.
    ///
    /// # Errors
    /// Too large, or broken.
    pub fn check(&self, id: &StimulusId, pixels: &Pixels) -> Result<(), GpuError> {
        self.kit.check(&format!("picture \"{id}\""), pixels)
    }

    /// Brings checked pixels to the card. Where there is no room, those whose time is more than a second past at `now` make
    /// way, the oldest first, and then those needed latest.
    ///
    /// # Errors
    /// Out of graphics memory.
    pub fn put(
        &self,
        id: &StimulusId,
        pixels: &Pixels,
        needed: Nanos,
        now: Nanos,
        before_stripe: impl FnMut(),
    ) -> Result<(), GpuError> {
        let reused = self.make_room(pixels, now);
        let mut texture = match reused {
            Some(t) => t,
            None => self.kit.texture(pixels.width, pixels.height)?,
        };
        self.kit.fill(&mut texture, pixels, before_stripe);
        let mut inner = self.lock();
        inner.bytes += texture.bytes();
        let slot = Slot { texture: Arc::new(texture), needed };
        if let Some(old) = inner.slots.insert(id.clone(), slot) {
            inner.bytes -= old.texture.bytes();
        }
        Ok(())
    }

    /// Takes out what must make way; a texture of the same size that nobody draws any more is handed back.
    fn make_room(&self, pixels: &Pixels, now: Nanos) -> Option<PictureTexture> {
        let mut inner = self.lock();
        let mut reused = None;
        let past = now - Nanos::from_secs(1.0);
        while inner.bytes + pixels.rgba.len() as u64 > self.budget() {
            // What is announced some scenes ahead has the time of the scene that was next then: it may be past and the picture
            // still to come, but many others have been shown since.
            let least = |s: &Slot| match s.needed < past {
                true => (true, Nanos(0) - s.needed),
                false => (false, s.needed),
            };
            // The name decides between equals, so that no order of a hash map does.
            let victim =
                inner.slots.iter().max_by_key(|(id, s)| (least(s), *id)).map(|(id, _)| id.clone());
            let Some(slot) = victim.and_then(|id| inner.slots.remove(&id)) else { break };
            inner.bytes -= slot.texture.bytes();
            if (slot.texture.width, slot.texture.height) == (pixels.width, pixels.height) {
                reused = Arc::into_inner(slot.texture).or(reused);
            }
        }
        reused
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Whoever panicked left whole entries behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
