//! The render thread, offscreen and in real time.

mod loss;

use super::*;
use crate::ground::event::Presented;
use crate::ground::ports::{Due, EventMark, MarkOrder, MarkerPort, Pixels};
use crate::ground::record::{Basis, DisplayInfo, Level};
use crate::ground::scene::{
    Element, ElementKind, Extent, Marker, PictureSize, ScaleLook, ScaleView, Scene,
};
use crossbeam_channel::{Receiver, bounded};
use std::collections::HashMap;
use std::time::Duration;

struct Pictures(HashMap<String, Result<Pixels, String>>);

impl PictureSource for Pictures {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        self.0.get(&id.0).cloned().unwrap_or_else(|| Err(format!("no picture {id}")))
    }
}

fn pixels(n: u32) -> Pixels {
    Pixels { width: n, height: n, rgba: vec![255; (n * n * 4) as usize] }
}

fn source(list: &[(&str, Result<Pixels, String>)]) -> Arc<dyn PictureSource> {
    Arc::new(Pictures(list.iter().map(|(k, v)| (k.to_string(), v.clone())).collect()))
}

fn ids(names: &[&str]) -> Vec<StimulusId> {
    names.iter().map(|n| StimulusId((*n).into())).collect()
}

fn begin(
    config: RenderConfig,
    pictures: Arc<dyn PictureSource>,
    preload: &[&str],
) -> (RenderHandle, Receiver<Event>) {
    let (tell, events) = bounded(10_000);
    let target = Target::Offscreen { width: 160, height: 120 };
    (start(config, target, pictures, ids(preload), tell), events)
}

fn until<T>(events: &Receiver<Event>, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    loop {
        let event = events.recv_timeout(Duration::from_secs(20)).expect("an event in time");
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

fn ready(events: &Receiver<Event>) -> DisplayInfo {
    until(events, |e| match e {
        Event::DisplayReady(info) => Some(*info),
        Event::DisplayFailed(f) => panic!("{f:?}"),
        _ => None,
    })
}

fn presented(events: &Receiver<Event>) -> (Nanos, Presented) {
    let mut stamps = HashMap::new();
    until(events, |e| match e {
        Event::Shown { stamp, ticket, .. } => {
            stamps.insert(ticket, stamp);
            None
        }
        Event::Presented(p) => Some((stamps[&p.ticket], p)),
        Event::DisplayFailed(f) => panic!("{f:?}"),
        _ => None,
    })
}

fn with_picture(name: &str) -> Scene {
    let kind =
        ElementKind::Picture { stimulus: StimulusId(name.into()), size: PictureSize::Native };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    Scene {
        background: Rgb::GREY,
        elements: vec![Element { id: "p".into(), x, y, depth: 0, opacity: 1.0, kind }],
    }
}

fn request(ticket: u64, due: Due, scene: Scene) -> ShowRequest {
    ShowRequest { ticket, scene, due, report: true, mark: false, event: None, sounds: None }
}

#[test]
fn scenes_are_shown_once_each_at_their_flips_and_keep_their_frames() {
    let (mut display, events) =
        begin(RenderConfig::default(), source(&[("a", Ok(pixels(50)))]), &["a"]);
    let info = ready(&events);
    assert_eq!((info.basis, info.paced, info.refresh_hz), (Basis::Virtual, false, 60.0));
    let t = monotonic_now() + Nanos::from_millis(200);
    display.show(request(1, Due::At(t), with_picture("a")));
    let near = t + Nanos::from_millis(167);
    display.show(request(
        2,
        Due::FramesAfter { ticket: 1, frames: 10, near },
        Scene::blank(Rgb::BLACK),
    ));
    let late = t + Nanos::from_millis(500);
    display.show(request(3, Due::At(late), Scene::blank(Rgb::WHITE)));
    display.show(request(4, Due::At(late), Scene::blank(Rgb::BLACK)));
    display.withdraw(4);
    let all: Vec<_> = (0..3).map(|_| presented(&events)).collect();
    assert_eq!(all.iter().map(|(_, p)| p.ticket).collect::<Vec<_>>(), [1, 2, 3]);
    // Half a frame before the plan by the grid; late by what a busy machine adds, but never lost.
    let near = |onset: Nanos, plan: Nanos| {
        let by = onset - plan;
        assert!(Nanos::from_millis(-9) < by && by < Nanos::from_millis(60), "{by}");
    };
    near(all[0].1.onset, t);
    near(all[2].1.onset, late);
    let frames = all[1].1.frame - all[0].1.frame;
    assert!((10..13).contains(&frames), "{frames}");
    for (stamp, p) in &all {
        assert!(*stamp <= p.onset, "what was shown appears afterwards");
    }
    display.stop();
    assert!(
        !events.try_iter().any(|e| matches!(e, Event::Shown { .. } | Event::Presented(_))),
        "withdrawn requests are not shown, and none is reported twice"
    );
}

#[test]
fn a_picture_that_is_not_there_is_said_and_the_scene_is_shown_without_it() {
    let (mut display, events) = begin(RenderConfig::default(), source(&[]), &[]);
    ready(&events);
    display.show(request(1, Due::Next, with_picture("ghost")));
    presented(&events);
    let text = until(&events, |e| match e {
        Event::Note { level: Level::Error, text, .. } => Some(text),
        _ => None,
    });
    assert!(text.contains("\"ghost\""), "{text}");
}

#[test]
fn a_picture_that_cannot_be_read_or_is_too_large_fails_before_the_run() {
    let huge = Pixels { width: 1 << 20, height: 1, rgba: vec![0; 4 << 20] };
    for (picture, part) in
        [(Err("file x.jpg is no picture".to_string()), "x.jpg"), (Ok(huge), "at most")]
    {
        let (_display, events) = begin(RenderConfig::default(), source(&[("a", picture)]), &["a"]);
        let failure = until(&events, |e| match e {
            Event::DisplayFailed(f) => Some(f),
            Event::DisplayReady(_) => panic!("it was ready"),
            _ => None,
        });
        assert!(failure.text.contains(part) && !failure.remedy.is_empty(), "{failure:?}");
    }
}

#[test]
fn pictures_that_made_way_come_back_when_they_are_announced() {
    let config = RenderConfig { pool_bytes: Some(2 * 50 * 50 * 4), ..RenderConfig::default() };
    let names = ["a", "b", "c", "d"];
    let list: Vec<_> = names.iter().map(|n| (*n, Ok(pixels(50)))).collect();
    let (mut display, events) = begin(config, source(&list), &names);
    ready(&events);
    for (i, name) in ["a", "b", "c", "d", "a"].iter().enumerate() {
        let t = monotonic_now() + Nanos::from_millis(150);
        display.upcoming(&ids(&[name]), t);
        display.show(request(i as u64 + 1, Due::At(t), with_picture(name)));
        presented(&events);
    }
    display.stop();
    let missed: Vec<Event> = events
        .try_iter()
        .filter(|e| matches!(e, Event::Note { level: Level::Error, .. }))
        .collect();
    assert_eq!(missed, []);
}

#[test]
fn a_picture_that_comes_long_after_it_was_announced_does_not_make_way_for_another() {
    let config = RenderConfig { pool_bytes: Some(3 * 50 * 50 * 4), ..RenderConfig::default() };
    let names = ["a", "b", "c", "z"];
    let list: Vec<_> = names.iter().map(|n| (*n, Ok(pixels(50)))).collect();
    let (mut display, events) = begin(config, source(&list), &names);
    ready(&events);
    let soon = || monotonic_now() + Nanos::from_millis(150);
    for (ticket, name) in [(1, "a"), (2, "b")] {
        let t = soon();
        display.upcoming(&ids(&[name]), t);
        display.show(request(ticket, Due::At(t), with_picture(name)));
        presented(&events);
    }
    // Announced with the scene before it, which stays for a while.
    display.upcoming(&ids(&["z"]), soon());
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let t = soon();
    display.upcoming(&ids(&["c"]), t);
    std::thread::sleep(std::time::Duration::from_millis(100));
    display.show(request(3, Due::At(t), with_picture("z")));
    presented(&events);
    display.stop();
    let missed: Vec<Event> = events
        .try_iter()
        .filter(|e| matches!(e, Event::Note { level: Level::Error, .. }))
        .collect();
    assert_eq!(missed, []);
}

#[test]
fn a_scene_that_is_changed_a_thousand_times_a_second_still_comes_at_its_flip() {
    let (tell, events) = bounded(10_000);
    // So large that drawing it takes longer than it takes to change it.
    let target = Target::Offscreen { width: 1600, height: 1200 };
    let mut display = start(RenderConfig::default(), target, source(&[]), Vec::new(), tell);
    ready(&events);
    let due = monotonic_now() + Nanos::from_millis(400);
    let moved = |i: u32| {
        let mut scene = with_scale();
        scene.scale_mut().expect("it shows one").marker = Marker::At(f64::from(i) / 2000.0);
        scene
    };
    display.show(request(1, Due::At(due), moved(0)));
    let mut i = 0;
    let onset = loop {
        i += 1;
        assert!(i < 2000, "it does not come while it is changed");
        let update = ShowRequest { report: false, ..request(1, Due::Next, moved(i)) };
        display.show(update);
        std::thread::sleep(Duration::from_millis(1));
        if let Some(p) = events.try_iter().find_map(|e| match e {
            Event::Presented(p) => Some(p),
            _ => None,
        }) {
            break p.onset;
        }
    };
    assert!((onset - due).abs() < Nanos::from_millis(60), "{}", onset - due);
}

fn with_scale() -> Scene {
    let view = ScaleView {
        look: ScaleLook::Line,
        question: "How do you feel?".into(),
        anchors: vec!["bad".into(), "good".into()],
        width: Extent::Share(0.9),
        text_height: Extent::Share(0.1),
        color: Rgb::WHITE,
        marker: Marker::At(0.5),
        confirmed: false,
        countdown: None,
    };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    let kind = ElementKind::Scale(view);
    Scene {
        background: Rgb::GREY,
        elements: vec![Element { id: "s".into(), x, y, depth: 0, opacity: 1.0, kind }],
    }
}

#[test]
fn a_scene_that_was_held_up_is_reported_with_the_flip_it_missed_and_by_how_much() {
    let held = Nanos::from_millis(40);
    let config = RenderConfig { stalls: vec![(2, held)], ..RenderConfig::default() };
    let (mut display, events) = begin(config, source(&[]), &[]);
    ready(&events);
    let t = monotonic_now() + Nanos::from_millis(200);
    for ticket in 1..=3 {
        let due = Due::At(t + Nanos::from_millis(200 * (ticket as i64 - 1)));
        display.show(request(ticket, due, Scene::blank(Rgb::WHITE)));
    }
    let all: Vec<Presented> = (0..3).map(|_| presented(&events).1).collect();
    let late = all[1].onset - all[1].flip;
    assert!(late >= held - Nanos::from_millis(1), "{late}");
    let meant = (all[1].flip - t - Nanos::from_millis(200)).abs();
    assert!(meant <= Nanos::from_millis(9), "the flip that it was meant for: {meant}");
    assert!(all[1].frame >= all[0].frame + 14, "{} {}", all[0].frame, all[1].frame);
}

/// Keeps what it is told.
#[derive(Debug, Default)]
struct Told(std::sync::Mutex<Vec<(MarkOrder, Nanos)>>);

impl MarkerPort for Told {
    fn send(&self, order: MarkOrder) {
        self.0.lock().unwrap().push((order, monotonic_now()));
    }
}

fn marked(ticket: u64, due: Due) -> ShowRequest {
    let (name, detail) = ("picture".into(), "n/a".into());
    let event = EventMark { phase: Some(0), name, code: ticket as u8, detail };
    ShowRequest { event: Some(event), ..request(ticket, due, Scene::blank(Rgb::WHITE)) }
}

#[test]
fn a_mark_is_told_with_the_flip_of_its_scene_and_late_with_a_late_one_and_never_of_one_taken_back()
{
    let told = Arc::new(Told::default());
    let held = Nanos::from_millis(40);
    let markers: Option<Arc<dyn MarkerPort>> = Some(told.clone());
    let config = RenderConfig { markers, stalls: vec![(2, held)], ..RenderConfig::default() };
    let (mut display, events) = begin(config, source(&[]), &[]);
    ready(&events);
    let t = monotonic_now() + Nanos::from_millis(200);
    let due = |ticket: i64| Due::At(t + Nanos::from_millis(200 * (ticket - 1)));
    for ticket in 1..=3 {
        display.show(marked(ticket, due(ticket as i64)));
    }
    display.show(request(4, due(4), Scene::blank(Rgb::BLACK)));
    display.show(marked(5, due(5)));
    display.withdraw(5);
    let shown: Vec<Presented> = (0..4).map(|_| presented(&events).1).collect();
    std::thread::sleep(Duration::from_millis(300));
    let told = told.0.lock().unwrap();
    let codes: Vec<u8> = told.iter().map(|(order, _)| order.mark.code).collect();
    assert_eq!(codes, [1, 2, 3], "one for each scene that has a code and was shown");
    for ((order, when), scene) in told.iter().zip(&shown) {
        assert_eq!(order.scene, Some((scene.ticket, scene.frame)));
        assert!(*when <= scene.onset, "before it is to be written");
    }
    let off = told[0].0.at - shown[0].flip;
    assert!(
        off.abs() < Nanos::from_millis(1),
        "on time: at its flip, by as much as the loop wakes late: {off}"
    );
    let late = told[1].0.at - shown[1].flip;
    assert!(late >= held - Nanos::from_millis(1), "as late as its scene: {late}");
    assert!((told[1].0.at - shown[1].onset).abs() < Nanos::from_millis(17), "{late}");
}
