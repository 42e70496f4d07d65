//! Makes the machine anew in the middle of a run: in the window that there is or in the one that has taken its place, again and
//! again for some seconds where a driver is not ready, and with the pictures first that are needed first.

use super::flip::{Flips, Meanwhile};
use super::machine::Machine;
use super::{RenderConfig, Target};
use crate::ground::clock::monotonic_now;
use crate::ground::event::{DisplayFailure, Event};
use crate::ground::ports::PictureSource;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::presenter::gpu::GpuError;
use crate::presenter::pool::Quiet;
use crossbeam_channel::Sender;
use std::collections::HashSet;
use std::sync::Arc;

/// A driver that was reset, or a window that was destroyed, may take some seconds to come back.
const PATIENCE: Nanos = Nanos(10_000_000_000);
/// Between two tries.
const PAUSE: Nanos = Nanos::from_millis(50);
/// So long the pictures of the screen are waited for before it is shown without them; they follow as they come.
const PICTURES: Nanos = Nanos::from_millis(500);

/// A machine that gives up more often than this within a minute will not last.
const LOSSES: usize = 5;
const WITHIN: Nanos = Nanos(60_000_000_000);

/// What a new machine is given to go on with.
pub struct Supplies {
    pub pictures: Arc<dyn PictureSource>,
    /// All of the run, in the order in which they are needed.
    pub preload: Vec<StimulusId>,
    pub quiet: Quiet,
    pub events: Sender<Event>,
}

/// When machines were lost.
#[derive(Debug, Default)]
pub struct Losses(Vec<Nanos>);

impl Losses {
    /// One more is lost now; false where it is hopeless.
    pub fn bear(&mut self, now: Nanos) -> bool {
        self.0.retain(|at| now - *at < WITHIN);
        self.0.push(now);
        self.0.len() <= LOSSES
    }
}

/// Makes a machine in the place of one that is gone, and lets the loop go on with it. None where the run is told to end
/// meanwhile.
///
/// # Errors
/// No machine can be made for some seconds, or the window system is gone.
pub fn rebuild(
    config: &RenderConfig,
    target: &mut Target,
    flips: &mut Flips<'_>,
    supplies: &Supplies,
) -> Result<Option<Machine>, DisplayFailure> {
    let give_up = monotonic_now() + PATIENCE;
    let mut machine = loop {
        if let Some(window) = flips.new_window() {
            target.renew(window);
        }
        let why = match Machine::build(config, target) {
            Ok(machine) => break machine,
            Err(why) => why,
        };
        let hopeless = matches!(why, GpuError::NoWindow) && !flips.expects_window();
        if hopeless || !why.may_pass() || monotonic_now() >= give_up {
            return Err(why.failure());
        }
        match flips.meanwhile(PAUSE) {
            Meanwhile::Stopped => return Ok(None),
            Meanwhile::Window(window) => target.renew(window),
            Meanwhile::Nothing => {}
        }
    };
    let first = flips.needed_first();
    let others = in_order(&supplies.preload, &first);
    let ready = machine.resume(
        supplies.pictures.clone(),
        first,
        others,
        supplies.quiet.clone(),
        supplies.events.clone(),
    )?;
    flips.go_on_with(&machine);
    // What is not there by then is drawn when it comes.
    let _ = ready.recv_timeout(PICTURES.to_duration());
    Ok(Some(machine))
}

/// All other pictures, those first that follow the ones that are needed at once.
fn in_order(preload: &[StimulusId], first: &[StimulusId]) -> Vec<StimulusId> {
    let known: HashSet<&StimulusId> = first.iter().collect();
    let here = preload.iter().rposition(|id| known.contains(id)).map_or(0, |at| at + 1);
    let (past, coming) = preload.split_at(here);
    coming.iter().chain(past).filter(|id| !known.contains(id)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<StimulusId> {
        names.iter().map(|n| StimulusId((*n).into())).collect()
    }

    #[test]
    fn pictures_come_back_in_the_order_in_which_they_will_be_needed() {
        let all = ids(&["a", "b", "c", "d", "e"]);
        assert_eq!(in_order(&all, &ids(&["b", "c"])), ids(&["d", "e", "a"]));
        assert_eq!(in_order(&all, &ids(&[])), all, "nothing was shown yet");
        assert_eq!(in_order(&all, &ids(&["e"])), ids(&["a", "b", "c", "d"]));
    }

    #[test]
    fn losses_are_borne_unless_they_come_one_upon_the_other() {
        let mut seldom = Losses::default();
        assert!((0..100).all(|i| seldom.bear(Nanos::from_millis(13_000 * i))));
        let mut often = Losses::default();
        let borne: Vec<bool> = (0..7).map(|i| often.bear(Nanos::from_millis(5_000 * i))).collect();
        assert_eq!(borne, [true, true, true, true, true, false, false]);
    }
}
