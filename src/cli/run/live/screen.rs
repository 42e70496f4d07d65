//! The screen as it was found, held against what the rig expects of it.

use crate::cli::ask;
use crate::cli::concerns;
use crate::cli::failure::Failure;
use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::event::{Event, SoundSaid};
use crate::ground::ports::{Display, Due, ShowRequest};
use crate::ground::record::{DisplayInfo, Level};
use crate::ground::scene::{Element, ElementKind, Extent, Rgb, Scene};
use crate::ground::time::Nanos;
use crate::rig::schema::Rig;
use crate::session::live::Ready;
use crossbeam_channel::{Receiver, after, select};
use std::time::Duration;

/// How long a question at the terminal waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether to go on with a screen that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoOn {
    /// With any: a dry run, or so it was told.
    Always,
    /// As somebody at the terminal decides.
    Ask,
    Never,
}

impl GoOn {
    /// For a run that goes on with any screen, or not without somebody's word. Where the keyboard is grabbed nobody could
    /// give it.
    pub fn with(any: bool, grabbed: bool) -> GoOn {
        match (any, ask::possible() && !grabbed) {
            (true, _) => GoOn::Always,
            (false, true) => GoOn::Ask,
            (false, false) => GoOn::Never,
        }
    }
}

/// Holds a screen to the check, and to the frames that were counted for another one. Gives what to warn of where the run goes
/// on all the same; the data are marked with it.
pub fn accept(
    info: &DisplayInfo,
    rig: &Rig,
    miscounted: Vec<String>,
    go_on: GoOn,
    ask: impl FnOnce(&str) -> bool,
) -> Result<Vec<String>, Failure> {
    let mut found: Vec<_> = info.concerns.iter().map(|c| concerns::words(*c, info, rig)).collect();
    // The data say what was shown, whatever it was; but this is not the task as it was written.
    let remedy = "write the rate of this screen into the rig, as in `refresh = 75`, so that the frames are counted for it";
    found.extend(miscounted.into_iter().map(|text| (text, remedy)));
    let warnings = found.iter().map(|(text, remedy)| format!("{text}: {remedy}"));
    if found.is_empty() || go_on == GoOn::Always {
        return Ok(warnings.collect());
    }
    let problems: String =
        found.iter().map(|(text, remedy)| format!("error: {text}\n  help: {remedy}\n")).collect();
    if go_on == GoOn::Ask {
        eprint!("{problems}");
        let texts: Vec<&str> = found.iter().map(|(text, _)| text.as_str()).collect();
        if ask(&texts.join("\n")) {
            return Ok(warnings.collect());
        }
    }
    let text = "the screen is not fit for a run";
    let remedy = "--any-display goes on all the same, and marks the data";
    let problems = if go_on == GoOn::Ask { String::new() } else { problems };
    Err(Failure { problems, ..Failure::device(text, remedy) })
}

/// Asks at the terminal and on the screen, which may hide the terminal, whether to go on; an answer in either place counts. None
/// in half a minute is a no.
pub fn ask(
    display: &mut dyn Display,
    events: &Receiver<Event>,
    problems: &str,
    sounds: &mut Vec<(Nanos, SoundSaid)>,
) -> bool {
    let question = "Go on all the same? The data will be marked.";
    let words =
        format!("The screen is not fit for a run:\n\n{problems}\n\n{question}\nY: go on   N: stop");
    display.show(update(question_scene(&words)));
    let answer = ask::begin(&format!("{question} [y/N, here or in the window, within 30 s] "));
    let until = after(PATIENCE);
    let yes = loop {
        select! {
            recv(answer) -> line => break line.is_ok_and(|line| ["y", "Y", "yes"].contains(&line.trim())),
            recv(events) -> event => match event {
                Ok(Event::Key(key)) if key.down && key.code == "KeyY" => break true,
                Ok(Event::Key(key)) if key.down && ["KeyN", "Escape"].contains(&&*key.code) => break false,
                Ok(Event::DisplayFailed(_) | Event::Signal { .. } | Event::Closed { .. }) | Err(_) => break false,
                Ok(Event::Note { text, .. }) => eprintln!("\nnote: {text}"),
                // What the data are corrected by.
                Ok(Event::Sound { stamp, said }) => sounds.push((stamp, *said)),
                Ok(_) => {}
            },
            recv(until) -> _ => break false,
        }
    };
    display.show(update(Scene::blank(Rgb::GREY)));
    eprintln!();
    yes
}

/// A change of the screen before the first scene, whose ticket is 0.
fn update(scene: Scene) -> ShowRequest {
    ShowRequest {
        ticket: 0,
        scene,
        due: Due::Next,
        report: false,
        mark: false,
        event: None,
        sounds: None,
    }
}

fn question_scene(words: &str) -> Scene {
    let kind = ElementKind::Text {
        text: words.into(),
        height: Extent::Share(0.035),
        wrap: Some(Extent::Share(1.2)),
        color: Rgb([0, 0, 0]),
    };
    let (x, y) = (Extent::Px(0.0), Extent::Px(0.0));
    let element = Element { id: "question".into(), x, y, depth: 0, opacity: 1.0, kind };
    Scene { background: Rgb::GREY, elements: vec![element] }
}

/// Applies the rig's photodiode correction where it was measured in this screen mode, and says where the screen
/// is not what the rig expects.
pub fn correct(mut ready: Ready, rig: &Rig, warnings: Vec<String>) -> Ready {
    let now = MonotonicClock.now();
    let info = &mut ready.info;
    let mut said = warnings;
    if let Some(offset) = &rig.offset {
        let (width, height, hz) = (info.width_px, info.height_px, info.refresh_hz);
        match offset.within(width, height, hz) {
            Some(by) => info.offset_ns = by,
            None => said.push(offset.elsewhere(width, height, hz)),
        }
    }
    for text in said {
        eprintln!("warning: {text}");
        ready.notes.push((now, Level::Warning, text));
    }
    ready
}

/// The screen in words.
pub fn words(info: &DisplayInfo) -> String {
    let pacing =
        if info.paced { "flips wait for the screen" } else { "flips are paced by a timer" };
    let monitor = info.monitor.as_deref().unwrap_or("no monitor");
    format!(
        "screen: {} on {monitor}, {} x {} at {:.2} Hz, {pacing}; onsets by {}; {}",
        info.mode,
        info.width_px,
        info.height_px,
        info.refresh_hz,
        info.basis.name(),
        info.adapter
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::concerns::tests::info;
    use crate::cli::failure::Exit;
    use crate::ground::record::Concern;

    #[test]
    fn a_screen_that_is_not_fit_is_refused_unless_somebody_says_otherwise() {
        let mut rig = Rig::default();
        rig.screen.refresh_hz = Some(60.0);
        let never = |_: &str| panic!("nobody is asked");
        assert_eq!(accept(&info(vec![]), &rig, vec![], GoOn::Never, never), Ok(vec![]));
        let bad = info(vec![Concern::UnlikeRig, Concern::Compositor]);
        let refused = accept(&bad, &rig, vec![], GoOn::Never, never).unwrap_err();
        assert_eq!(refused.exit, Exit::Device);
        assert!(refused.problems.contains("75.00 Hz and the rig expects 60.00 Hz"), "{refused}");
        assert!(refused.problems.contains("compositor"), "everything at once: {refused}");
        assert!(refused.remedy.unwrap().contains("--any-display"));
        let counted = vec!["phase \"face\" was planned as 1 frames".to_string()];
        let refused = accept(&info(vec![]), &rig, counted, GoOn::Never, never).unwrap_err();
        assert!(refused.problems.contains("planned as 1 frames"), "{refused}");
        assert_eq!(accept(&bad, &rig, vec![], GoOn::Always, never).unwrap().len(), 2);
        assert_eq!(accept(&bad, &rig, vec![], GoOn::Ask, |_| true).unwrap().len(), 2);
        assert_eq!(
            accept(&bad, &rig, vec![], GoOn::Ask, |_| false).unwrap_err().exit,
            Exit::Device
        );
    }
}
