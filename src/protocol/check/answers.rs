//! What a phase asks of the person: one kind of answer, keys that do not contradict each other, answers that can be
//! given and be right.

use super::Checked;
use super::scope::Scope;
use crate::ground::document::short;
use crate::protocol::schema::{
    DurationDef, ElementKindDef, NO_PRESS, PhaseDef, ResponseDef, ScaleDef, Window,
};
use std::collections::BTreeSet;

impl<'p> Checked<'p> {
    /// A phase takes one kind of answer.
    pub(super) fn answers(&self, name: &str, phase: &'p PhaseDef) {
        let scale = self.scale_of(phase);
        let shows_scale =
            phase.elements.iter().any(|e| matches!(e.kind, ElementKindDef::Scale { .. }));
        let asks = shows_scale || phase.response.is_some();
        if shows_scale && phase.response.is_some() {
            self.error(
                &["phase", name, "response"],
                format!("phase \"{}\" takes a rating and a button answer", short(name)),
                "one kind of answer in a phase".into(),
                "remove the response, or show the scale in a phase of its own",
            );
        }
        if asks && phase.duration == DurationDef::UntilTrigger {
            self.error(
                &["phase", name, "until"],
                format!("phase \"{}\" takes an answer while it waits for the scanner", short(name)),
                "neither a response nor a scale here".into(),
                "ask in a phase of its own, before this one",
            );
        }
        if let Some(response) = &phase.response {
            self.window(name, phase, response);
        }
        self.again(name, phase, scale);
    }

    /// Whether anything that the person does answers the phase.
    pub(super) fn takes_answer(&self, phase: &'p PhaseDef) -> bool {
        let confirms = |s: &ScaleDef| s.keys.confirm.is_some() || s.keys.pick_confirms;
        let rated = self.scale_of(phase).is_some_and(|s| !s.continuous && confirms(s));
        phase.response.is_some() || phase.duration.is_page() || rated
    }

    fn scale_of(&self, phase: &'p PhaseDef) -> Option<&'p ScaleDef> {
        phase.elements.iter().find_map(|e| match &e.kind {
            ElementKindDef::Scale { scale } => self.protocol.scales.get(scale),
            _ => None,
        })
    }

    /// Outside of practice answers are data; how loud somebody wants it is none.
    pub(super) fn kept(&self, name: &str, phase: &'p PhaseDef) {
        if self.scale_of(phase).is_some_and(|s| s.volume) {
            return;
        }
        let asks = phase.response.is_some()
            || phase.elements.iter().any(|e| matches!(e.kind, ElementKindDef::Scale { .. }));
        if asks && phase.trial_type.is_none() {
            self.warning(
                &["phase", name],
                format!("answers of phase \"{}\" go to no row of the events file", short(name)),
                "it has no \"trial_type\"",
                "add a trial_type, unless the answers are not needed as data",
            );
        }
    }

    fn window(&self, name: &str, phase: &PhaseDef, response: &ResponseDef) {
        if response.window.is_some() && phase.duration.is_page() {
            self.error(
                &["phase", name, "response", "window"],
                "a window in a phase that lasts until a key is pressed".into(),
                "no window here".into(),
                "remove the window, or give the phase a duration; how long it waits at most is `at_most`",
            );
            return;
        }
        let shortest = match &phase.duration {
            DurationDef::Seconds(s) => Some(*s),
            DurationDef::Jitter(j) => Some(j.from.bounds().0),
            // How long these last is known later only: the plan looks at them again.
            DurationDef::SecondsOf(_)
            | DurationDef::Frames { .. }
            | DurationDef::UntilResponse { .. }
            | DurationDef::UntilTrigger
            | DurationDef::UntilVolume(_) => None,
        };
        let window = match &response.window {
            Some(Window::Seconds(s)) => Some(*s),
            Some(Window::Through(last)) => {
                self.through(name, last);
                None
            }
            None => shortest,
        };
        let early = response.anticipation;
        if let Some(span) = window.filter(|s| early > 0.0 && *s <= early) {
            self.error(
                &["phase", name, "response", "anticipation"],
                format!(
                    "phase \"{}\" takes no press within {early} s of its onset for an answer, and answers count for {span} s only",
                    short(name)
                ),
                "an anticipation that is shorter than the window".into(),
                "give the response a longer `window` (it may outlast the phase), or a shorter `anticipation`; 0 takes every press",
            );
        }
    }

    /// A window that lasts to the end of another phase.
    fn through(&self, name: &str, last: &str) {
        let phases = &self.protocol.phases;
        if !phases.contains_key(last) {
            let place = self.root.place(&["phase", name, "response", "window"]);
            let message =
                format!("\"{}\" is not a phase that answers could count through", short(last));
            let known = phases.keys().map(String::as_str);
            self.unknown(place, message, last, known, "name a phase, or write seconds");
        }
    }

    /// Keys that begin the practice anew do nothing else on their page.
    fn again(&self, name: &str, phase: &PhaseDef, scale: Option<&ScaleDef>) {
        let on = match (&phase.response, &phase.duration) {
            (Some(response), _) => response.keys.as_slice(),
            (None, DurationDef::UntilResponse { keys, .. }) => keys,
            _ => &[],
        };
        let keys = scale.map(|s| &s.keys);
        let rating = keys
            .into_iter()
            .flat_map(|k| [&k.left, &k.right].into_iter().chain(&k.confirm).chain(&k.pick));
        let others: Vec<&String> = on.iter().chain(rating).collect();
        for (i, key) in phase.again.iter().enumerate().filter(|(_, k)| others.contains(k)) {
            self.error(
                &["phase", name, "again", &i.to_string()],
                format!(
                    "\"{}\" begins the practice anew and does something else on the page too",
                    short(key)
                ),
                "another meaning than those that go on or rate".into(),
                "give the one or the other a key of its own",
            );
        }
    }

    /// At one place among the blocks: what the keys stand for can be told apart from nothing, and the right answer
    /// is one of them.
    pub(super) fn right_answer(&self, name: &str, phase: &'p PhaseDef, scope: &Scope<'p>) {
        let Some(response) = phase.response.as_ref().filter(|r| !r.keys.is_empty()) else { return };
        let mut possible: Option<BTreeSet<String>> = Some(BTreeSet::new());
        for (key, answer) in &response.answers {
            let values = self.values(answer, scope);
            let odd = |v: &String| v.trim() != v || v.is_empty() || v.contains('\n');
            if let Some(odd) = values.iter().flatten().find(|v| odd(v)) {
                self.error(
                    &["phase", name, "response", "keys", key],
                    format!("key \"{}\" can stand for \"{}\", which is no cell of a table", short(key), short(odd)),
                    "one line, not empty, no spaces at its ends".into(),
                    "use another variable; what is shown can be another text than what is written down",
                );
            }
            possible = possible.zip(values).map(|(all, some)| &all | &some);
        }
        if response.answers.is_empty() {
            possible = Some(response.keys.iter().cloned().collect());
        }
        let (Some(correct), Some(possible)) = (&response.correct, possible) else { return };
        let (among, remedy) = match response.answers.is_empty() {
            true => ("keys", "name one of the keys"),
            false => ("answers", "name what one of the keys stands for"),
        };
        let remedy = &format!("{remedy}, or \"{NO_PRESS}\" where nothing should be pressed");
        for value in self.values(correct, scope).unwrap_or_default() {
            if !possible.contains(&value) && value != NO_PRESS {
                let place = self.root.place(&["phase", name, "response", "correct"]);
                let message =
                    format!("the right answer \"{}\" is not among the {among}", short(&value));
                let known = possible.iter().map(String::as_str);
                self.unknown(place, message, &value, known, remedy);
            }
        }
    }

    /// At one place among the blocks: a scale stands one way round or the other.
    pub(super) fn reversed(&self, phase: &'p PhaseDef, scope: &Scope<'p>) {
        for element in &phase.elements {
            let ElementKindDef::Scale { scale } = &element.kind else { continue };
            let Some(reverse) = self.protocol.scales.get(scale).and_then(|s| s.reverse.as_ref())
            else {
                continue;
            };
            let values = self.values(reverse, scope).unwrap_or_default();
            for value in values.iter().filter(|v| *v != "yes" && *v != "no") {
                self.error(
                    &["scale", scale, "reverse"],
                    format!(
                        "\"reverse\" of scale \"{}\" can come out as \"{}\"",
                        short(scale),
                        short(value)
                    ),
                    "yes or no".into(),
                    "give its variable these two values, as in `values = [\"no\", \"yes\"]`",
                );
            }
        }
    }
}
