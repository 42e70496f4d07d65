//! Devices that go, stand still, come back, or are none.

use super::*;

#[test]
fn what_a_device_that_goes_had_not_played_is_told_so_and_what_it_had_is_cut() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.cue(2, beep());
    room.cue(3, beep());
    room.desk.expect(1, ms(150));
    room.desk.expect(2, ms(215));
    room.desk.expect(3, ms(400));
    room.run(200);
    room.desk.lost(ms(201));
    room.desk.without(Some("the sound device was gone".into()));
    room.said.extend(room.desk.take_said());
    assert_eq!(room.onsets(), [(1, 0, Some(150)), (2, 0, None)]);
    assert_eq!(room.ends(), [(1, 201, Silenced::Device)]);
    room.desk.settle(ms(600), false);
    room.said.extend(room.desk.take_said());
    assert_eq!(room.errors(), ["the sound device was gone"; 2]);
    assert!(!room.desk.is_busy());
}

#[test]
fn what_was_given_to_a_device_that_goes_is_not_heard_on_the_next_and_what_waits_is() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(215));
    room.run(200);
    room.desk.lost(ms(201));
    room.desk.without(Some("the sound device was gone".into()));
    // Ordered while there is none.
    room.cue(2, beep());
    room.desk.expect(2, ms(900));
    let parts = room.paper.0.lock().unwrap().clone();
    assert_eq!((parts.len(), parts[0].fate()), (1, Fate::Over));
    room.desk.without(None);
    assert_eq!(room.paper.0.lock().unwrap().len(), 2, "what waited has come to the mixer");
    room.asked = 30;
    room.run(1_500);
    assert_eq!(room.onsets().last(), Some(&(2, 0, Some(900))));
}

#[test]
fn repetitions_that_a_device_standing_still_missed_are_each_told_once() {
    let mut room = Room::new();
    room.cue(1, Cue { every: Some(ms(200)), ..beep() });
    room.desk.expect(1, ms(100));
    room.run(500);
    // For two seconds nobody asks, but the desk is looked after.
    for t in 0..200 {
        room.desk.settle(ms(500 + t * 10), false);
        room.said.extend(room.desk.take_said());
    }
    let held = room.asked;
    for k in 0..200 {
        let frame = (held + k) * 480;
        let heard = ms((held + k) as i64 * 10 + 2_000);
        room.desk.heard(Stamp { frame, frames: 480, called: heard - ms(20), heard });
        for part in room.paper.0.lock().unwrap().iter() {
            // Two seconds of samples were never asked for.
            let late = part.due().is_some_and(|due| due + ms(100) < heard);
            if part.fate() == Fate::Waiting && late {
                part.refuse(Fate::TooLate);
            }
        }
        room.desk.settle(heard - ms(20), false);
        room.said.extend(room.desk.take_said());
    }
    let mut times: Vec<u32> = room.onsets().iter().map(|(_, time, _)| *time).collect();
    let told = times.len();
    times.sort_unstable();
    times.dedup();
    assert_eq!(times.len(), told, "each once: {:?}", room.onsets());
    assert!(told > 10);
}

#[test]
fn without_a_device_no_repetition_behind_the_end_of_its_scene_is_told() {
    let mut desk = Desk::new(IndexMap::new(), RATE, None);
    desk.without(Some("none".into()));
    let cues = [Cue { every: Some(ms(500)), ..beep() }];
    let sounds = SceneSounds { phase: 4, cues: cues.as_slice().into(), covered: false };
    desk.order(1, sounds);
    desk.expect(1, ms(100));
    let mut told = 0;
    for t in 0..400 {
        // The next scene is foreseen 300 ms ahead.
        if t == 150 {
            desk.expect(2, ms(1_800));
        }
        desk.settle(ms(t * 10), false);
        told += desk.take_said().len();
    }
    assert_eq!((told, desk.is_busy()), (4, false), "at 100, 600, 1100 and 1600 ms");
}

#[test]
fn a_sound_that_a_standing_device_never_ends_is_told_to_end_with_the_run() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(200));
    room.run(265);
    room.desk.hush(Hush { answered: None, why: Silenced::Run }, ms(270));
    room.desk.settle(ms(2_000), true);
    room.said.extend(room.desk.take_said());
    assert_eq!(room.onsets(), [(1, 0, Some(200))]);
    assert_eq!(room.ends(), [(1, 2_000, Silenced::Run)]);
    assert!(!room.desk.is_busy());
}

#[test]
fn a_sound_whose_end_a_device_had_not_played_when_it_went_ends_there() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(100));
    // The device has all of it, up to 200 ms, and is heard up to 190.
    room.run(195);
    room.desk.lost(ms(190));
    room.said.extend(room.desk.take_said());
    assert_eq!(room.onsets(), [(1, 0, Some(100))]);
    assert_eq!(room.ends(), [(1, 190, Silenced::Device)]);
}

#[test]
fn a_sound_is_told_when_it_has_been_heard_and_not_by_what_a_slow_device_foresees() {
    let mut room = Room::new();
    room.cue(1, beep());
    room.desk.expect(1, ms(1_000));
    // The device takes samples 500 ms before they are heard.
    for k in 0..130u64 {
        let (frame, heard) = (k * 480, ms(k as i64 * 10));
        let called = heard - ms(500);
        room.desk.heard(Stamp { frame, frames: 480, called, heard });
        for part in room.paper.0.lock().unwrap().iter() {
            play(part, frame);
        }
        room.desk.settle(called, false);
        room.said.extend(room.desk.take_said());
    }
    assert_eq!(room.onsets(), [], "it is 790 ms, and 28 stamps lie behind its first sample");
    // The device is gone before that was heard.
    room.desk.lost(ms(800));
    room.said.extend(room.desk.take_said());
    assert_eq!(room.onsets(), [(1, 0, None)]);
    assert_eq!(room.ends(), []);
}

#[test]
fn without_any_device_each_sound_says_why_there_is_none_whatever_else_silences_it() {
    let mut desk = Desk::new(IndexMap::new(), RATE, None);
    desk.without(Some("--no-sound was given".into()));
    for (ticket, covered) in [(1, false), (2, true)] {
        let cues = [beep()].as_slice().into();
        desk.order(ticket, SceneSounds { phase: 4, cues, covered });
        desk.expect(ticket, ms(1_000));
    }
    desk.hush(Hush { answered: None, why: Silenced::Grey }, ms(900));
    desk.settle(ms(1_001), false);
    let said = desk.take_said();
    let error = |(_, said): &(Nanos, SoundSaid)| match said {
        SoundSaid::Onset(o) => o.error.clone(),
        _ => None,
    };
    let errors: Vec<String> = said.iter().filter_map(error).collect();
    assert_eq!(errors, ["--no-sound was given"; 2]);
}
