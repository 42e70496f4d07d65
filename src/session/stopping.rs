//! Stopping for the person: grey at once, and the end of a run as a step of its own, which is asked for, and given with a
//! reason. What the operator is asked stands on the grey screen and in the terminal.

use super::conductor::Conductor;
use super::stage::Stage;
use crate::ground::event::KeyEvent;
use crate::ground::record::{Level, Response};
use crate::ground::scene::{Element, ElementKind, Extent, Rgb, Scene};
use crate::ground::time::Nanos;
use crate::rig::codes::spoken_list;
use crate::runner::io::Input;

/// Why a run is ended, with the keys that say so: a letter, and one that no task and no scanner uses.
pub const REASONS: [(&str, &str, &str); 5] = [
    ("KeyP", "F1", "participant's wish"),
    ("KeyD", "F2", "distress"),
    ("KeyS", "F3", "scanner"),
    ("KeyE", "F4", "equipment"),
    ("KeyO", "F5", "other"),
];

/// The choices in words: `P or F1 participant's wish, D or F2 distress ...`.
pub fn choices() -> String {
    let one = |(code, other, reason): &(&str, &str, &str)| {
        format!("{} or {other} {reason}", code.trim_start_matches("Key"))
    };
    REASONS.iter().map(one).collect::<Vec<_>>().join(", ")
}

impl Conductor<'_> {
    /// A key for grey went down.
    pub(super) fn grey_key(&mut self, stamp: Nanos, response: Response, stage: &mut dyn Stage) {
        let by = named(&response);
        self.put_grey_up(stamp, by, stage);
        self.give(Input::Key { stamp, response }, stage);
    }

    /// Puts grey up; asked for once more it changes nothing.
    pub(super) fn put_grey_up(&mut self, stamp: Nanos, by: String, stage: &mut dyn Stage) {
        if self.runner.is_grey() {
            return;
        }
        let text = format!(
            "GREY screen since {} ({by}). To go on hold {} together; to end the run hold {} together",
            self.clock.wall().format("%H:%M:%S"),
            spoken_list(self.mapping.go_on_keys(), " and "),
            spoken_list(self.mapping.abort_keys(), " and ")
        );
        self.give(Input::Grey { stamp, up: true, by }, stage);
        self.tell(Some((Level::Warning, text)));
    }

    /// Takes the grey away, and the question with it.
    pub(super) fn take_grey_away(&mut self, stamp: Nanos, by: String, stage: &mut dyn Stage) {
        self.asking = false;
        if !self.runner.is_grey() {
            return;
        }
        self.runner.caption(None);
        self.give(Input::Grey { stamp, up: false, by }, stage);
        let text = "the grey is gone: what is timed comes with its next scene".to_string();
        self.tell(Some((Level::Info, text)));
    }

    /// The operator wants to end the run: grey, and the question why.
    pub(super) fn ask(&mut self, stamp: Nanos, response: Response, stage: &mut dyn Stage) {
        let by = named(&response);
        self.put_grey_up(stamp, by, stage);
        self.give(Input::Key { stamp, response }, stage);
        self.asking = true;
        let go_on = spoken_list(self.mapping.go_on_keys(), " and ");
        let words = format!("End the run?\n{}\n{go_on} together: go on", choices());
        self.runner.caption(Some(question(&words)));
        self.pass_on(stage);
        let text =
            format!("end the run? Press a key in its window: {}; or {go_on} to go on", choices());
        self.tell(Some((Level::Warning, text)));
    }

    /// Whether a key answers the question; then the run ends. A key that means something to the task is no answer, nor is one
    /// of a response box.
    pub(super) fn is_answer(
        &mut self,
        key: &KeyEvent,
        response: &Response,
    ) -> Option<&'static str> {
        let counts = self.asking && key.down && !key.repeat && response.meaning.is_none();
        if !counts || !self.mapping.is_of_the_desk(key) {
            return None;
        }
        let is_it = |(code, other, _): &&(&str, &str, &str)| [*code, *other].contains(&&*key.code);
        REASONS.iter().find(is_it).map(|(.., reason)| *reason)
    }
}

/// The key that was pressed, for the journal and the operator.
pub(super) fn named(response: &Response) -> String {
    format!("{} of {}", response.code, response.device)
}

/// Words at the lower edge of a grey screen.
fn question(words: &str) -> Scene {
    let kind = ElementKind::Text {
        text: words.into(),
        height: Extent::Share(0.028),
        wrap: None,
        color: Rgb([64, 64, 64]),
    };
    let (x, y) = (Extent::Px(0.0), Extent::Share(-0.38));
    let element = Element { id: "question".into(), x, y, depth: 0, opacity: 1.0, kind };
    Scene { background: Rgb::GREY, elements: vec![element] }
}
