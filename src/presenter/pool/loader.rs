//! The thread that decodes pictures and brings them to the card: all of them before the run, and those that
//! had to make way again before they are needed. On a card that was opened anew in the middle of a run, what is on the
//! screen comes first and all others later, so that nobody waits for pictures that are not needed yet.

use super::Pool;
use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::{PictureSource, Pixels};
use crate::ground::record::Level;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded, unbounded};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The next instant at which something is shown; uploads wait while it is near.
#[derive(Clone, Debug)]
pub struct Quiet(Arc<AtomicI64>);

impl Quiet {
    const BEFORE: Nanos = Nanos::from_millis(5);
    const AFTER: Nanos = Nanos::from_millis(2);

    /// Nothing is about to be shown.
    pub fn new() -> Quiet {
        Quiet(Arc::new(AtomicI64::new(i64::MIN)))
    }

    /// Something is shown at `at`.
    pub fn around(&self, at: Nanos) {
        self.0.store(at.0, Ordering::Relaxed);
    }

    /// Waits until nothing is about to be shown; for one flip at the most, so that a moving scene cannot
    /// starve the loader.
    fn wait(&self) {
        let at = Nanos(self.0.load(Ordering::Relaxed));
        let now = monotonic_now();
        let (from, to) = (at.saturating_add(-Self::BEFORE), at.saturating_add(Self::AFTER));
        if from < now && now < to {
            std::thread::sleep((to - now).to_duration());
        }
    }
}

impl Default for Quiet {
    fn default() -> Self {
        Quiet::new()
    }
}

/// A running loader. Dropping it ends the thread.
#[derive(Debug)]
pub struct Loader {
    wishes: Option<Sender<(Vec<StimulusId>, Nanos)>>,
    thread: Option<JoinHandle<()>>,
}

impl Loader {
    /// Loads `preload` in order (as much as fits; all of it is decoded, so that every broken picture is found
    /// before the run), says so through `ready`, then serves wishes.
    pub fn start(
        pool: Arc<Pool>,
        source: Arc<dyn PictureSource>,
        preload: Vec<StimulusId>,
        quiet: Quiet,
        events: Sender<Event>,
    ) -> std::io::Result<(Loader, Receiver<Result<(), DisplayFailure>>)> {
        // Unbounded, for its sender is the flip loop, which must not wait, and a wish that is dropped would be a
        // picture that is missing later. A run sends one short list for each scene, and no more than its scenes.
        let (wishes, wished) = unbounded();
        let (ready, when_ready) = bounded(1);
        let thread = std::thread::Builder::new().name("loader".into()).spawn(move || {
            let loaded = load_all(&pool, &*source, &preload, &events);
            let failed = loaded.is_err();
            // Without a listener the display is closing.
            if ready.send(loaded).is_err() || failed {
                return;
            }
            let serving = Serving { pool: &pool, source: &*source, quiet: &quiet, events: &events };
            serving.serve(&wished, VecDeque::new(), Vec::new());
        })?;
        Ok((Loader { wishes: Some(wishes), thread: Some(thread) }, when_ready))
    }

    /// Goes on in the middle of a run, on a card that was opened anew: loads `first` and says through `ready` that they are
    /// there, then serves wishes, and brings `others` back in their order while nobody wishes for anything. What cannot be
    /// loaded is said, and the run goes on.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn resume(
        pool: Arc<Pool>,
        source: Arc<dyn PictureSource>,
        first: Vec<StimulusId>,
        others: Vec<StimulusId>,
        quiet: Quiet,
        events: Sender<Event>,
    ) -> std::io::Result<(Loader, Receiver<Result<(), DisplayFailure>>)> {
        // As above.
        let (wishes, wished) = unbounded();
        let (ready, when_ready) = bounded(1);
        let thread = std::thread::Builder::new().name("loader".into()).spawn(move || {
            let serving = Serving { pool: &pool, source: &*source, quiet: &quiet, events: &events };
            let failed = first.into_iter().filter(|id| !serving.bring(id, Nanos::ZERO));
            let failed: Vec<_> = failed.map(|id| (id, monotonic_now())).collect();
            // The display may have given up waiting.
            let _ = ready.send(Ok(()));
            serving.serve(&wished, others.into_iter().enumerate().collect(), failed);
        })?;
        Ok((Loader { wishes: Some(wishes), thread: Some(thread) }, when_ready))
    }

    /// These pictures are needed from about `at` on.
    pub fn upcoming(&self, pictures: Vec<StimulusId>, at: Nanos) {
        if let Some(w) = &self.wishes {
            // It fails only where the loader has ended, and then the display has failed already.
            let _ = w.send((pictures, at));
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(t) = self.thread.take() {
            // A panic there was reported by the panic hook; nothing is left to do here.
            let _ = t.join();
        }
    }
}

/// What could not be loaded is tried again so often, until so long after it was needed.
const AGAIN: Duration = Duration::from_millis(200);
const STILL_OF_USE: Nanos = Nanos(30_000_000_000);

/// Pictures that always have room: those on the screen, and those of the next scenes.
const AT_ONCE: u64 = 8;

/// A preloaded picture for which no time is known is needed later than all that have one.
fn unknown(order: usize) -> Nanos {
    Nanos(i64::MAX / 2 + order as i64)
}

fn load_all(
    pool: &Pool,
    source: &dyn PictureSource,
    ids: &[StimulusId],
    events: &Sender<Event>,
) -> Result<(), DisplayFailure> {
    let of = ids.len();
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get()).min(4).min(of);
    let next = AtomicUsize::new(0);
    // Few decoded pictures wait at a time: they are large.
    let (give, take) = bounded::<(usize, Result<Pixels, String>)>(workers.max(1));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (give, next) = (give.clone(), &next);
            scope.spawn(move || {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(id) = ids.get(i) else { return };
                    if give.send((i, source.load(id))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(give);
        let mut broken: Vec<(usize, String)> = Vec::new();
        for (done, (i, pixels)) in take.into_iter().enumerate() {
            let checked = pixels.and_then(|p| {
                pool.check(&ids[i], &p).map_err(|e| e.to_string())?;
                Ok(p)
            });
            match checked {
                Ok(pixels) => {
                    pool.reserve(AT_ONCE, &pixels);
                    // Those that are needed first go first, and no hole is left before them.
                    if pool.has_room(&pixels) {
                        pool.put(&ids[i], &pixels, unknown(i), Nanos::ZERO, || ())
                            .map_err(|e| e.failure())?;
                    }
                }
                Err(text) => broken.push((i, text)),
            }
            // Nobody listening means that the session is ending.
            let _ = events.send(Event::Loading { done: done + 1, of });
        }
        broken.sort();
        let Some((_, first)) = broken.first() else { return Ok(()) };
        let text = match broken.len() {
            1 => first.clone(),
            n => format!("{n} of {of} pictures cannot be used; the first: {first}"),
        };
        let remedy = "repair or replace the picture file, then check the protocol again".into();
        Err(DisplayFailure { text, remedy })
    })
}

/// What pictures are brought to the card with while a run goes on.
struct Serving<'a> {
    pool: &'a Pool,
    source: &'a dyn PictureSource,
    quiet: &'a Quiet,
    events: &'a Sender<Event>,
}

impl Serving<'_> {
    /// Brings what is wished for, and one of the others whenever there is no wish, until nobody can wish any more.
    fn serve(
        &self,
        wished: &Receiver<(Vec<StimulusId>, Nanos)>,
        mut others: VecDeque<(usize, StimulusId)>,
        mut failed: Vec<(StimulusId, Nanos)>,
    ) {
        loop {
            // A disk may come back while their scenes are still on.
            failed.retain(|(id, at)| {
                *at + STILL_OF_USE >= monotonic_now() && self.fetch(id, *at).is_err()
            });
            let wish = match (wished.try_recv(), others.pop_front()) {
                (Err(TryRecvError::Disconnected), _) => return,
                (Err(TryRecvError::Empty), Some((order, id))) => {
                    if !self.bring_back(&id, order) {
                        others.clear();
                    }
                    continue;
                }
                (Err(TryRecvError::Empty), None) if failed.is_empty() => match wished.recv() {
                    Ok(wish) => wish,
                    Err(_) => return,
                },
                (Err(TryRecvError::Empty), None) => match wished.recv_timeout(AGAIN) {
                    Ok(wish) => wish,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                (Ok(wish), waiting) => {
                    waiting.into_iter().for_each(|other| others.push_front(other));
                    wish
                }
            };
            let (ids, at) = wish;
            for id in ids.iter().filter(|id| !self.pool.needed(id, at)) {
                if !self.bring(id, at) {
                    failed.push((id.clone(), at));
                }
            }
        }
    }

    /// Brings a picture that is needed from about `at` on, or says why not.
    fn bring(&self, id: &StimulusId, at: Nanos) -> bool {
        let fetched = self.fetch(id, at);
        let done = fetched.is_ok();
        if let Err(text) = fetched {
            let note = Event::Note { stamp: monotonic_now(), level: Level::Error, text };
            // Nobody listening means that the session is ending.
            let _ = self.events.send(note);
        }
        done
    }

    fn fetch(&self, id: &StimulusId, at: Nanos) -> Result<(), String> {
        self.load(id).and_then(|pixels| self.put(id, &pixels, at, monotonic_now()))
    }

    /// Brings one that may be needed later, where it takes the room of no other; false where there is no room. That it
    /// cannot be loaded is said when it is needed.
    fn bring_back(&self, id: &StimulusId, order: usize) -> bool {
        if self.pool.get(id).is_some() {
            return true;
        }
        let Ok(pixels) = self.load(id) else { return true };
        let room = self.pool.has_room(&pixels);
        if room {
            // As above.
            let _ = self.put(id, &pixels, unknown(order), Nanos::ZERO);
        }
        room
    }

    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        let pixels = self.source.load(id)?;
        self.pool.check(id, &pixels).map_err(|e| e.to_string())?;
        Ok(pixels)
    }

    fn put(&self, id: &StimulusId, pixels: &Pixels, at: Nanos, now: Nanos) -> Result<(), String> {
        self.pool.reserve(AT_ONCE, pixels);
        let put = self.pool.put(id, pixels, at, now, || self.quiet.wait());
        put.map_err(|e| e.to_string())
    }
}
