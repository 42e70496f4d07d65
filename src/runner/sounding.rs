//! The runner's part in sounds: which go with a phase, what silences them, and how loud the person has set them. When they are
//! heard, it is not told: nothing that is shown or counted depends on it.

use super::Runner;
use super::io::Output;
use super::touch::{Act, Touch};
use crate::ground::cue::{Silenced, Stop};
use crate::ground::ports::{Hush, SceneSounds};
use crate::ground::record::Record;
use crate::ground::time::Nanos;
use crate::plan::schema::Phase;

/// How much quieter the left end of a scale that sets the volume is than its right end, in decibels.
const RANGE: f64 = 40.0;
/// How often the volume follows a marker that moves.
const FOLLOW: Nanos = Nanos::from_millis(50);

/// What is heard with a phase.
pub(super) fn sounds(phase: &Phase, covered: bool) -> Option<SceneSounds> {
    let some = !phase.sounds.is_empty();
    some.then(|| SceneSounds { phase: phase.index, cues: phase.sounds.as_slice().into(), covered })
}

/// Whether a press answers a phase that appeared at `onset`.
fn answers(phase: &Phase, onset: Nanos, touch: &Touch) -> bool {
    let Act::Key { meaning: Some(meaning), down: true, .. } = &touch.act else { return false };
    let after = touch.stamp - onset;
    let button = phase.response.as_ref().is_some_and(|r| {
        let open = after >= r.anticipation && r.window.is_none_or(|w| after < w);
        open && r.keys.contains(meaning)
    });
    let rated = phase.scale.as_ref().is_some_and(|s| {
        let picks = s.pick_confirms && s.picks.contains_key(meaning);
        s.key_confirm.as_ref() == Some(meaning) || picks
    });
    touch.stamp >= onset && (button || rated)
}

impl Runner {
    /// Everything that is heard falls silent. Comes behind the withdrawal of scenes, whose sounds are simply not begun.
    pub(super) fn silence(&mut self, why: Silenced) {
        if !self.plan.sounds.is_empty() {
            self.out.push_back(Output::Hush(Hush { answered: None, why }));
        }
    }

    /// An answer to what is on screen silences the sounds that stop with it.
    pub(super) fn silence_answered(&mut self, touch: &Touch) {
        let ticket = self.reported;
        let shot = (ticket as usize).checked_sub(1).and_then(|n| self.shots.get(n));
        let Some(shot) = shot.filter(|s| !s.withdrawn && !s.covered) else { return };
        let (Some(phase), Some(onset)) = (self.phase(shot.segment, shot.place), shot.onset) else {
            return;
        };
        let stops = phase.sounds.iter().any(|c| c.stop == Stop::Response);
        if stops && !self.is_pointing(touch) && answers(phase, onset, touch) {
            let hush = Hush { answered: Some(ticket), why: Silenced::Response };
            self.out.push_back(Output::Hush(hush));
        }
    }

    /// A phase is given to the display: where its scale sets the volume, its first sound must not be louder than its marker says.
    pub(super) fn begin_volume(&mut self, phase: &Phase) {
        let start = phase.scale.as_ref().filter(|s| s.volume).map(|s| s.start);
        if let Some(start) = start {
            self.loud(start, self.now);
        }
    }

    /// Sounds are as loud as the marker of a scale says that sets their volume, as it stands at `at`.
    pub(super) fn set_volume(&mut self, at: Nanos) {
        // The newest, where one is about to be written.
        if let Some(position) = self.ratings.iter().rev().find_map(|r| r.volume(at)) {
            self.loud(position, at);
        }
    }

    /// When the volume is to be set anew, because its marker moves.
    pub(super) fn next_volume(&self) -> Option<Nanos> {
        let moves = self.ratings.iter().any(|r| r.moves_volume(self.now));
        moves.then(|| self.now + FOLLOW)
    }

    fn loud(&mut self, position: f64, at: Nanos) {
        if self.loudness == Some(position) {
            return;
        }
        self.loudness = Some(position);
        let gain = 10f64.powf(RANGE / 20.0 * (position - 1.0));
        self.log(at, Record::Volume { position, gain });
        self.out.push_back(Output::Volume { gain });
    }
}
