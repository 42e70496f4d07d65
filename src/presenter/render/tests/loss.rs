//! A device that is lost in the middle of a run: the screen is back within a second however many pictures there are, what was
//! due meanwhile comes late and says so, and a driver that gives up again and again ends the run.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As large as pictures of published sets are.
const LARGE: (u32, u32) = (1024, 768);

/// Pictures that take as long to make as files do to be decoded, and how many were asked for.
#[derive(Debug, Default)]
struct Decoded {
    asked: AtomicUsize,
}

impl PictureSource for Decoded {
    fn load(&self, id: &StimulusId) -> Result<Pixels, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(15));
        let (width, height) = LARGE;
        let shade = id.0.bytes().fold(7, u8::wrapping_add);
        Ok(Pixels { width, height, rgba: vec![shade; (width * height * 4) as usize] })
    }
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("p{i:03}")).collect()
}

/// What is said of the gap: its length and frames.
fn gap(events: &Receiver<Event>) -> (f64, u32) {
    let text = until(events, |e| match e {
        Event::Note { level: Level::Error, text, .. }
            if text.contains("nothing could be shown") =>
        {
            Some(text)
        }
        Event::DisplayFailed(f) => panic!("{f:?}"),
        _ => None,
    });
    println!("{text}");
    let (_, rest) = text.split_once("shown for ").expect("its length");
    let (ms, rest) = rest.split_once(" ms (").expect("in milliseconds");
    let (frames, _) = rest.split_once(" frames)").expect("and in frames");
    (ms.parse().expect("a number"), frames.parse().expect("a number"))
}

#[test]
fn the_screen_is_back_within_a_second_with_two_hundred_pictures() {
    let source = Arc::new(Decoded::default());
    let all = names(200);
    let preload: Vec<&str> = all.iter().map(String::as_str).collect();
    let (tell, events) = crossbeam_channel::unbounded();
    let target = Target::Offscreen { width: 800, height: 600 };
    let mut display = start(RenderConfig::default(), target, source.clone(), ids(&preload), tell);
    ready(&events);
    display.show(request(1, Due::Next, with_picture("p120")));
    display.upcoming(&ids(&["p121"]), monotonic_now() + Nanos::from_secs(2.0));
    presented(&events);
    let before = source.asked.load(Ordering::Relaxed);
    let lost = monotonic_now();
    display.lose_device();
    display.show(request(2, Due::At(lost + Nanos::from_secs(2.5)), with_picture("p121")));
    let (ms, frames) = gap(&events);
    let asked = source.asked.load(Ordering::Relaxed) - before;
    println!("{asked} pictures were loaded until then, {} after the loss", monotonic_now() - lost);
    assert!(ms < 1_000.0, "{ms} ms");
    assert!((f64::from(frames) - ms * 0.06).abs() <= 1.0, "{frames} frames of 60 Hz");
    assert!(asked < 40, "not all over again: {asked}");
    let (_, p) = presented(&events);
    assert_eq!(p.ticket, 2);
    let off = p.onset - lost - Nanos::from_secs(2.5);
    assert!(off.abs() < Nanos::from_millis(60), "{off}");
    display.stop();
    let lacking: Vec<Event> = events
        .try_iter()
        .filter(|e| matches!(e, Event::Note { level: Level::Error, .. }))
        .collect();
    assert_eq!(lacking, [], "the next picture was brought in time");
}

#[test]
fn scenes_that_were_due_while_there_was_no_device_come_late_and_say_so() {
    let (mut display, events) =
        begin(RenderConfig::default(), source(&[("a", Ok(pixels(50)))]), &["a"]);
    ready(&events);
    display.show(request(1, Due::Next, with_picture("a")));
    presented(&events);
    let due = monotonic_now() + Nanos::from_millis(5);
    display.lose_device();
    display.show(request(2, Due::At(due), with_picture("a")));
    let later = due + Nanos::from_secs(2.0);
    display.show(request(3, Due::At(later), Scene::blank(Rgb::WHITE)));
    let (_, second) = presented(&events);
    let (_, third) = presented(&events);
    assert_eq!((second.ticket, third.ticket), (2, 3));
    assert!((second.flip - due).abs() < Nanos::from_millis(20), "the flip that it was meant for");
    assert!(second.onset - due > Nanos::from_millis(20), "{}", second.onset - due);
    assert!((third.onset - later).abs() < Nanos::from_millis(60), "{}", third.onset - later);
}

#[test]
fn a_device_that_is_lost_again_and_again_ends_the_run() {
    let (mut display, events) = begin(RenderConfig::default(), source(&[]), &[]);
    ready(&events);
    let mut gaps = 0;
    let failure = loop {
        display.lose_device();
        display.show(request(gaps + 1, Due::Next, Scene::blank(Rgb::WHITE)));
        let failed = until(&events, |e| match e {
            Event::Note { text, .. } if text.contains("nothing could be shown") => Some(None),
            Event::DisplayFailed(f) => Some(Some(f)),
            _ => None,
        });
        match failed {
            Some(failure) => break failure,
            None => gaps += 1,
        }
    };
    assert_eq!(gaps, 5);
    assert!(failure.text.contains("again and again"), "{failure:?}");
}
