//! Sounds on the virtual clock: each is heard at the very instant that was planned. Nothing waits for them, so they never
//! hold up the end of a run.

use crate::ground::cue::Cue;
use crate::ground::event::{Event, SoundSaid};
use crate::ground::ports::SceneSounds;
use crate::ground::record::{SoundBasis, SoundOnset};
use crate::ground::time::Nanos;

/// The sounds of scenes that have appeared.
#[derive(Debug, Default)]
pub(super) struct Sounds {
    coming: Vec<Coming>,
}

/// A sound to come.
#[derive(Debug)]
struct Coming {
    at: Nanos,
    phase: u32,
    ticket: u64,
    /// Which of the sounds of its phase.
    index: u32,
    time: u32,
    cue: Cue,
}

impl Sounds {
    /// A scene appeared, and the one before it went. Gives what is to be told of sounds of that one which had not begun: none
    /// begins behind its scene.
    pub fn appear(&mut self, flip: Nanos, ticket: u64, sounds: Option<SceneSounds>) -> Vec<Event> {
        // Of one that is repeated only the first is missed.
        let missed = std::mem::take(&mut self.coming).into_iter().filter(|c| c.time == 0);
        let missed: Vec<Event> =
            missed.map(|c| c.told(flip, Some("the next screen came first"))).collect();
        let Some(SceneSounds { phase, cues, covered }) = sounds else { return missed };
        if covered {
            let grey = |(cue, index): (&Cue, u32)| {
                let (at, cue) = (flip + cue.at, cue.clone());
                let one = Coming { at, phase, ticket, index, time: 0, cue };
                one.told(flip, Some("grey was asked for"))
            };
            return missed.into_iter().chain(cues.iter().zip(0..).map(grey)).collect();
        }
        self.coming.extend(cues.iter().zip(0..).map(|(cue, index)| {
            let (at, cue) = (flip + cue.at, cue.clone());
            Coming { at, phase, ticket, index, time: 0, cue }
        }));
        missed
    }

    /// Nothing more is heard: gives what is to be told of those that had not begun.
    pub fn end(&mut self, now: Nanos) -> Vec<Event> {
        let missed = std::mem::take(&mut self.coming).into_iter().filter(|c| c.time == 0);
        missed.map(|c| c.told(now, Some("the run was over"))).collect()
    }

    /// When the next sound is heard.
    pub fn next_at(&self) -> Option<Nanos> {
        self.coming.iter().map(|c| c.at).min()
    }

    /// The next sound, which is heard now.
    pub fn take(&mut self) -> Option<Event> {
        let keys = self.coming.iter().map(|c| (c.at, c.ticket, c.index)).enumerate();
        let (place, _) = keys.min_by_key(|(_, key)| *key)?;
        let next = &mut self.coming[place];
        let stamp = next.at;
        let told = next.told(stamp, None);
        match next.cue.every.filter(|every| *every > Nanos::ZERO) {
            Some(every) => (next.at, next.time) = (stamp + every, next.time + 1),
            None => drop(self.coming.swap_remove(place)),
        }
        Some(told)
    }
}

impl Coming {
    /// What is told of it: that it was heard at its instant, or why it was not.
    fn told(&self, stamp: Nanos, error: Option<&str>) -> Event {
        let heard = error.is_none();
        let onset = SoundOnset {
            phase: self.phase,
            ticket: self.ticket,
            cue: self.index,
            time: self.time,
            sound: self.cue.sound.clone(),
            planned_ns: Some(self.at),
            onset_ns: heard.then_some(self.at),
            lag_ns: heard.then_some(Nanos::ZERO),
            basis: heard.then_some(SoundBasis::Virtual),
            frame: None,
            error: error.map(String::from),
        };
        Event::Sound { stamp, said: Box::new(SoundSaid::Onset(onset)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::clock::VirtualClock;
    use crate::ground::cue::Stop;
    use crate::ground::ports::{Display, Due, ShowRequest};
    use crate::ground::scene::{Rgb, Scene};
    use crate::session::stage::{Stage, VirtualStage, Wait};
    use std::sync::Arc;

    fn ms(n: i64) -> Nanos {
        VirtualClock::START + Nanos::from_millis(n)
    }

    fn cue(sound: &str, at: i64, every: Option<i64>, stop: Stop) -> Cue {
        let every = every.map(Nanos::from_millis);
        Cue { sound: sound.into(), at: Nanos::from_millis(at), every, volume: 1.0, pan: 0.0, stop }
    }

    /// A stage at 100 Hz with scenes that are due at these milliseconds, with these sounds.
    fn stage(scenes: &[(i64, &[Cue])]) -> VirtualStage {
        let mut stage = VirtualStage::new(Arc::new(VirtualClock::new()), 100.0);
        for ((at, cues), ticket) in scenes.iter().zip(1..) {
            let phase = ticket as u32 + 6;
            let sounds = (!cues.is_empty()).then(|| SceneSounds {
                phase,
                cues: (*cues).into(),
                covered: false,
            });
            let (scene, due) = (Scene::blank(Rgb::WHITE), Due::At(ms(*at)));
            let (report, mark, event) = (true, false, None);
            stage.show(ShowRequest { ticket, scene, due, report, mark, event, sounds });
        }
        stage
    }

    /// What is told until then: scenes as they are reported, by their tickets, and sounds, each with its millisecond.
    fn told(stage: &mut VirtualStage, until: i64) -> Vec<(i64, String)> {
        let mut all = Vec::new();
        loop {
            let (stamp, what) = match stage.wait(ms(until)) {
                Wait::Event(Event::Presented(p)) => (p.onset, p.ticket.to_string()),
                Wait::Event(Event::Sound { stamp, said }) => {
                    let SoundSaid::Onset(onset) = *said else { panic!("{said:?}") };
                    let heard = onset.onset_ns.is_some();
                    let expected = heard.then_some((stamp, SoundBasis::Virtual));
                    assert_eq!(onset.onset_ns.zip(onset.basis), expected);
                    assert_eq!(onset.error.is_some(), !heard);
                    let (what, time) = if heard { ("", onset.time) } else { ("no ", 0) };
                    (stamp, format!("{what}{} {time}", onset.sound))
                }
                Wait::Event(_) => continue,
                Wait::Due => return all,
                Wait::Closed => panic!("it is told when to wait to"),
            };
            all.push(((stamp - VirtualClock::START).0 / 1_000_000, what));
        }
    }

    fn lines(all: &[(i64, String)]) -> Vec<(i64, &str)> {
        all.iter().map(|(at, what)| (*at, what.as_str())).collect()
    }

    #[test]
    fn sounds_come_at_their_instants_among_the_scenes() {
        let first = [cue("late", 1_250, None, Stop::End), cue("now", 0, None, Stop::Phase)];
        let second = [cue("second", 100, None, Stop::End)];
        let mut stage = stage(&[(1_000, &first), (2_000, &second)]);
        let all = told(&mut stage, 5_000);
        let expected = [
            (1_000, "1"),
            (1_000, "now 0"),
            (2_000, "2"),
            (2_000, "no late 0"),
            (2_100, "second 0"),
        ];
        assert_eq!(lines(&all), expected);
    }

    #[test]
    fn a_sound_says_which_of_its_phase_it_is_and_of_which_scene() {
        let cues = [cue("a", 0, None, Stop::End), cue("b", 0, None, Stop::End)];
        let mut stage = stage(&[(1_000, &cues)]);
        let mut onsets = Vec::new();
        while let Wait::Event(event) = stage.wait(ms(2_000)) {
            if let Event::Sound { said, .. } = event {
                let SoundSaid::Onset(o) = *said else { panic!("{said:?}") };
                onsets.push((o.phase, o.ticket, o.cue, o.sound));
            }
        }
        assert_eq!(onsets, [(7, 1, 0, "a".to_string()), (7, 1, 1, "b".to_string())]);
    }

    #[test]
    fn a_sound_is_repeated_until_the_next_scene_appears() {
        let cues = [cue("beat", 100, Some(300), Stop::End)];
        let mut stage = stage(&[(1_000, &cues), (2_000, &[])]);
        let all = told(&mut stage, 5_000);
        let expected = [(1_000, "1"), (1_100, "beat 0"), (1_400, "beat 1"), (1_700, "beat 2")];
        assert_eq!(lines(&all)[..4], expected);
        assert_eq!(lines(&all)[4..], [(2_000, "2")], "that of the same instant is not heard");
    }

    #[test]
    fn a_sound_that_had_not_begun_when_its_scene_went_is_told_as_not_played() {
        for stop in [Stop::End, Stop::Phase, Stop::Response] {
            let cues = [cue("late", 1_500, None, stop)];
            let mut stage = stage(&[(1_000, &cues), (2_000, &[])]);
            let all = told(&mut stage, 5_000);
            assert_eq!(lines(&all), [(1_000, "1"), (2_000, "2"), (2_000, "no late 0")], "{stop:?}");
        }
    }

    #[test]
    fn the_sounds_of_a_withdrawn_scene_never_come() {
        let cues = [cue("a", 0, None, Stop::End)];
        let mut stage = stage(&[(1_000, &[]), (2_000, &cues)]);
        stage.withdraw(2);
        assert_eq!(lines(&told(&mut stage, 5_000)), [(1_000, "1")]);
    }

    #[test]
    fn an_endless_sound_holds_nothing_up() {
        let cues = [cue("beat", 0, Some(500), Stop::End)];
        let mut stage = stage(&[(1_000, &cues)]);
        assert_eq!(told(&mut stage, 1_600).len(), 3);
        assert!(stage.is_idle());
        assert_eq!(stage.wait(Nanos::MAX), Wait::Closed);
        assert_eq!(lines(&told(&mut stage, 2_100)), [(2_000, "beat 2")], "it goes on all the same");
    }
}
