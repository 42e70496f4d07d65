//! The desk without a device: a mixer of paper, and stamps as a device would give them.

mod devices;

use super::*;
use crate::audio::part::Fate;
use crate::ground::ports::Hush;
use crate::ground::record::SoundBasis;
use std::sync::Mutex;

const RATE: u32 = 48_000;
const MS: i64 = 1_000_000;

fn ms(n: i64) -> Nanos {
    Nanos(n * MS)
}

/// Keeps the parts that it is given.
#[derive(Clone, Debug, Default)]
struct Paper(Arc<Mutex<Vec<Arc<Part>>>>);

impl Mixer for Paper {
    fn play(&mut self, _: &Samples, part: &Arc<Part>, _: f64, _: f64) -> Result<(), String> {
        self.0.lock().unwrap().push(part.clone());
        Ok(())
    }

    fn volume(&mut self, _gain: f64) {}
}

/// A desk whose device plays sample `n` at `n` / 48 ms, and asks for 10 ms of them 20 ms ahead.
struct Room {
    desk: Desk,
    paper: Paper,
    asked: u64,
    said: Said,
}

impl Room {
    fn new() -> Room {
        let samples = Samples { rate: RATE, frames: vec![[0.5; 2]; 4_800].into() };
        let sounds = IndexMap::from([("beep".to_string(), samples)]);
        let paper = Paper::default();
        let desk = Desk::new(sounds, RATE, Some(Box::new(paper.clone())));
        Room { desk, paper, asked: 0, said: Vec::new() }
    }

    fn cue(&mut self, ticket: u64, cue: Cue) {
        let sounds = SceneSounds {
            phase: 10 + ticket as u32,
            cues: [cue].as_slice().into(),
            covered: false,
        };
        self.desk.order(ticket, sounds);
    }

    /// The device goes on until so many milliseconds, and plays what is due as a mixer would.
    fn run(&mut self, until: i64) {
        while (self.asked as i64 - 2) * 10 < until {
            let frame = self.asked * 480;
            let heard = ms(self.asked as i64 * 10);
            self.desk.heard(Stamp { frame, frames: 480, called: heard - ms(20), heard });
            let now = heard - ms(20);
            for part in self.paper.0.lock().unwrap().iter() {
                play(part, frame);
            }
            self.desk.settle(now, false);
            self.said.extend(self.desk.take_said());
            self.asked += 1;
        }
    }

    fn onsets(&self) -> Vec<(u64, u32, Option<i64>)> {
        let onset = |(_, said): &(Nanos, SoundSaid)| match said {
            SoundSaid::Onset(o) => Some((o.ticket, o.time, o.onset_ns.map(|t| t.0 / MS))),
            _ => None,
        };
        self.said.iter().filter_map(onset).collect()
    }

    fn ends(&self) -> Vec<(u64, i64, Silenced)> {
        let end = |(t, said): &(Nanos, SoundSaid)| match said {
            SoundSaid::End(e) => Some((e.ticket, t.0 / MS, e.why)),
            _ => None,
        };
        self.said.iter().filter_map(end).collect()
    }

    fn errors(&self) -> Vec<&str> {
        let error = |(_, said): &'_ (Nanos, SoundSaid)| match said {
            SoundSaid::Onset(o) => o.error.is_some(),
            _ => false,
        };
        let told = self.said.iter().filter(|s| error(s));
        told.map(|(_, said)| match said {
            SoundSaid::Onset(o) => o.error.as_deref().unwrap_or_default(),
            _ => "",
        })
        .collect()
    }
}

/// What a voice does with ten milliseconds.
fn play(part: &Part, frame: u64) {
    let number = |at: Option<Nanos>| at.map_or(u64::MAX, |t| (t.0 * 48 / MS) as u64);
    let within = |n: u64| (frame..frame + 480).contains(&n);
    let due = number(part.due());
    match part.fate() {
        Fate::Waiting if number(part.not_from()) <= due && due != u64::MAX => {
            part.refuse(Fate::Gone)
        }
        Fate::Waiting if due + 4_800 < frame => part.refuse(Fate::TooLate),
        Fate::Waiting if within(due) || due < frame => drop(part.begin(due.max(frame))),
        _ => {}
    }
    let Some(first) = part.first() else { return };
    let last = (first + 4_800).min(number(part.silent_from()).max(first));
    if last < frame + 480 {
        part.end(last);
    }
}

fn beep() -> Cue {
    Cue {
        sound: "beep".into(),
        at: Nanos::ZERO,
        every: None,
        volume: 1.0,
        pan: 0.0,
        stop: Stop::End,
    }
}

#[test]
fn a_sound_is_told_with_its_plan_its_onset_and_its_end() {
    let mut room = Room::new();
    room.cue(3, Cue { at: ms(50), ..beep() });
    room.desk.correct(ms(4));
    room.desk.expect(3, ms(300));
    room.run(700);
    let SoundSaid::Onset(onset) = &room.said[0].1 else { panic!("{:?}", room.said) };
    assert_eq!((onset.phase, onset.ticket, onset.planned_ns), (13, 3, Some(ms(350))));
    assert_eq!((onset.onset_ns, onset.lag_ns), (Some(ms(354)), Some(Nanos::ZERO)));
    assert_eq!((onset.basis, onset.frame), (Some(SoundBasis::DeviceStamps), Some(354 * 48)));
    assert_eq!(room.ends(), [(3, 454, Silenced::End)]);
    assert!(!room.desk.is_busy());
}

#[test]
fn a_sound_follows_its_scene_as_long_as_it_has_not_begun() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(300));
    room.run(100);
    room.desk.expect(1, ms(333));
    room.run(600);
    assert_eq!(room.onsets(), [(1, 0, Some(333))]);
}

#[test]
fn sounds_of_scenes_that_are_taken_back_are_not_begun_and_nothing_is_said_of_them() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.cue(2, beep());
    room.desk.expect(1, ms(200));
    room.desk.expect(2, ms(300));
    room.run(100);
    room.desk.withdraw(2..=2, ms(100));
    // The display may not have heard of it yet.
    room.desk.expect(2, ms(300));
    room.run(600);
    assert_eq!(room.onsets(), [(1, 0, Some(200))]);
    assert!(!room.desk.is_busy());
}

#[test]
fn the_end_of_a_run_tells_of_sounds_whose_scene_it_took_back_when_that_had_just_appeared() {
    for (why, told) in [(Silenced::Run, vec![(1, 0, None)]), (Silenced::Grey, vec![])] {
        let mut room = Room::new();
        room.cue(1, Cue { at: ms(500), ..beep() });
        room.cue(2, beep());
        room.desk.expect(1, ms(200));
        room.desk.expect(2, ms(900));
        room.run(205);
        // The display has not said yet that the first is on.
        room.desk.withdraw(1..=2, ms(205));
        room.desk.settle(ms(206), false);
        room.desk.hush(Hush { answered: None, why }, ms(205));
        room.said.extend(room.desk.take_said());
        assert_eq!(room.onsets(), told, "{why:?}");
        assert!(!room.desk.is_busy());
    }
}

#[test]
fn a_sound_that_stops_with_its_phase_is_silenced_by_the_next_scene_that_appears() {
    let mut room = Room::new();
    room.cue(1, Cue { stop: Stop::Phase, ..beep() });
    room.desk.expect(1, ms(200));
    room.desk.expect(2, ms(230));
    room.desk.withdraw(2..=2, ms(100));
    room.desk.expect(3, ms(260));
    room.run(600);
    assert_eq!(room.ends(), [(1, 260, Silenced::Phase)]);
}

#[test]
fn a_sound_that_comes_behind_the_end_of_its_scene_is_told_as_not_played() {
    let mut room = Room::new();
    room.cue(1, Cue { at: ms(100), ..beep() });
    room.desk.expect(1, ms(200));
    room.desk.expect(2, ms(290));
    room.run(600);
    assert_eq!(room.onsets(), [(1, 0, None)]);
    assert_eq!(room.errors(), ["the next screen came first"]);
}

#[test]
fn an_answer_silences_those_that_stop_with_it_and_no_others() {
    let mut room = Room::new();
    let cues = [Cue { stop: Stop::Response, ..beep() }, Cue { at: ms(10), ..beep() }];
    room.desk.order(1, SceneSounds { phase: 0, cues: cues.as_slice().into(), covered: false });
    room.desk.expect(1, ms(200));
    room.run(220);
    room.desk.hush(Hush { answered: Some(1), why: Silenced::Response }, ms(250));
    room.run(700);
    assert_eq!(room.ends(), [(1, 250, Silenced::Response), (1, 310, Silenced::End)]);
}

#[test]
fn grey_silences_all_and_names_what_is_not_played() {
    let mut room = Room::new();
    let cues = [beep(), Cue { at: ms(400), ..beep() }];
    room.desk.order(1, SceneSounds { phase: 0, cues: cues.as_slice().into(), covered: false });
    room.desk.expect(1, ms(200));
    room.run(230);
    room.desk.hush(Hush { answered: None, why: Silenced::Grey }, ms(260));
    room.run(900);
    assert_eq!(room.onsets(), [(1, 0, None), (1, 0, Some(200))]);
    assert_eq!(room.errors(), ["grey was asked for"]);
    assert_eq!(room.ends(), [(1, 260, Silenced::Grey)]);
}

#[test]
fn a_repeated_sound_comes_again_until_the_next_scene_appears() {
    let mut room = Room::new();
    room.cue(1, Cue { every: Some(ms(150)), ..beep() });
    room.desk.expect(1, ms(100));
    room.run(300);
    room.desk.expect(2, ms(560));
    room.run(1_500);
    let expected = [(1, 0, Some(100)), (1, 1, Some(250)), (1, 2, Some(400)), (1, 3, Some(550))];
    assert_eq!(room.onsets(), expected);
    room.run(3_000);
    assert!(!room.desk.is_busy() && room.desk.scenes.is_empty());
}

#[test]
fn a_sound_that_is_repeated_seldom_comes_again_though_the_one_before_is_long_over() {
    let mut room = Room::new();
    room.cue(1, Cue { every: Some(ms(4_000)), ..beep() });
    room.desk.expect(1, ms(100));
    room.run(9_000);
    assert_eq!(room.onsets(), [(1, 0, Some(100)), (1, 1, Some(4_100)), (1, 2, Some(8_100))]);
}

#[test]
fn an_answer_ends_the_repetition_of_what_stops_with_it() {
    let mut room = Room::new();
    room.cue(1, Cue { every: Some(ms(500)), stop: Stop::Response, ..beep() });
    room.desk.expect(1, ms(100));
    room.run(700);
    room.desk.hush(Hush { answered: Some(1), why: Silenced::Response }, ms(700));
    room.run(3_000);
    assert_eq!(room.onsets(), [(1, 0, Some(100)), (1, 1, Some(600))]);
}

#[test]
fn a_sound_whose_time_went_by_while_the_device_stood_still_is_told_as_not_played() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(300));
    room.run(100);
    // What it asks for next is heard two seconds later.
    for k in 0..40 {
        let frame = (room.asked + k) * 480;
        let heard = ms(2_000 + (room.asked + k) as i64 * 10);
        room.desk.heard(Stamp { frame, frames: 480, called: heard - ms(20), heard });
    }
    room.paper.0.lock().unwrap().iter().for_each(|p| p.refuse(Fate::TooLate));
    room.desk.settle(ms(2_500), false);
    room.said = room.desk.take_said();
    assert_eq!(room.errors(), ["its time had gone by when the device could play it"]);
    let held = |(_, said): &(Nanos, SoundSaid)| match said {
        SoundSaid::Underrun(u) => u.silence_ns == Some(ms(2_000)),
        _ => false,
    };
    assert!(room.said.iter().any(held), "{:?}", room.said);
}

#[test]
fn without_a_device_each_sound_is_told_as_not_played_once_its_time_has_come() {
    let mut desk = Desk::new(IndexMap::new(), RATE, None);
    desk.without(Some("the run was started with --no-sound".into()));
    desk.order(1, SceneSounds { phase: 4, cues: [beep()].as_slice().into(), covered: false });
    desk.expect(1, ms(300));
    desk.settle(ms(400), false);
    assert!(desk.take_said().is_empty());
    desk.settle(ms(500), false);
    let said = desk.take_said();
    let SoundSaid::Onset(onset) = &said[0].1 else { panic!("{said:?}") };
    assert_eq!(onset.error.as_deref(), Some("the run was started with --no-sound"));
    assert_eq!((onset.planned_ns, onset.onset_ns, said.len()), (Some(ms(300)), None, 1));
}

#[test]
fn sounds_of_a_scene_that_grey_covers_are_told_as_not_played() {
    let mut desk = Desk::new(IndexMap::new(), RATE, None);
    let cues = [beep(), Cue { every: Some(ms(500)), ..beep() }];
    let sounds = SceneSounds { phase: 2, cues: cues.as_slice().into(), covered: true };
    desk.order(5, sounds);
    desk.expect(5, ms(60));
    desk.settle(ms(50), false);
    assert!(desk.take_said().is_empty(), "it may still be taken back");
    desk.settle(ms(70), false);
    let said = desk.take_said();
    let whys = said.iter().map(|(t, said)| match said {
        SoundSaid::Onset(o) => (t.0 / MS, o.ticket, o.cue, o.error.clone().unwrap_or_default()),
        other => panic!("{other:?}"),
    });
    let why = "grey was asked for".to_string();
    assert_eq!(whys.collect::<Vec<_>>(), [(70, 5, 0, why.clone()), (70, 5, 1, why)]);
    assert!(!desk.is_busy() && desk.scenes.is_empty());
}

#[test]
fn what_was_cut_off_is_told_once_with_the_sounds_that_were_on() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.cue(2, beep());
    room.desk.expect(1, ms(100));
    room.desk.expect(2, ms(150));
    room.run(160);
    room.desk.cut(Cut { first: 7_200, last: 7_300, count: 60 });
    room.run(180);
    room.desk.cut(Cut { first: 8_000, last: 8_100, count: 40 });
    room.run(500);
    let clipping = |(t, said): &(Nanos, SoundSaid)| match said {
        SoundSaid::Clipping(c) => Some((t.0 / MS, c.samples, c.sounds.clone())),
        _ => None,
    };
    let told: Vec<_> = room.said.iter().filter_map(clipping).collect();
    assert_eq!(told, [(150, 100, vec!["beep".to_string()])]);
}
