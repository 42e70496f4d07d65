//! Button windows: which key answers which phase. A window opens at the final onset of its phase; the key with
//! the earliest stamp inside it counts, whenever it arrives; a key answers one phase only.

use crate::ground::record::{Answer, Outcome};
use crate::ground::time::Nanos;
use crate::plan::schema::ResponseWindow;

/// A press, as far as windows care.
#[derive(Clone, Debug, PartialEq)]
pub struct Press {
    pub stamp: Nanos,
    pub code: String,
    pub meaning: String,
}

#[derive(Clone, Debug)]
struct Window {
    phase: u32,
    onset: Nanos,
    close: Nanos,
    accepts: ResponseWindow,
    taken: Option<Press>,
}

/// The open windows, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    open: Vec<Window>,
}

impl Answers {
    /// Opens a window for a phase that appeared at `onset`.
    pub fn open(&mut self, phase: u32, accepts: &ResponseWindow, onset: Nanos, close: Nanos) {
        self.open.push(Window { phase, onset, close, accepts: accepts.clone(), taken: None });
    }

    /// Offers a press to the windows; the oldest that takes it keeps it.
    pub fn press(&mut self, press: &Press) {
        let mut offered = press.clone();
        for w in &mut self.open {
            let inside = w.onset <= offered.stamp && offered.stamp < w.close;
            if !inside || !w.accepts.keys.contains(&offered.meaning) {
                continue;
            }
            match &mut w.taken {
                None => {
                    w.taken = Some(offered);
                    return;
                }
                // A press that arrived late but came first: the window gives back what it had.
                Some(taken) if offered.stamp < taken.stamp => {
                    std::mem::swap(taken, &mut offered);
                }
                // A second press inside an answered window belongs to it, and does not answer the next.
                Some(_) => return,
            }
        }
    }

    /// Offers a press that came before the report of the onset to the window of that phase, and to those after it.
    pub fn press_in(&mut self, phase: u32, press: &Press) {
        let Some(first) = self.open.iter().position(|w| w.phase == phase) else { return };
        let taken =
            self.open[..first].iter().any(|w| w.onset <= press.stamp && press.stamp < w.close);
        if !taken {
            self.press(press);
        }
    }

    /// Closes the window of a phase at an instant.
    pub fn shut(&mut self, phase: u32, at: Nanos) {
        for w in self.open.iter_mut().filter(|w| w.phase == phase) {
            w.close = at;
        }
    }

    /// When the next window closes.
    pub fn next_close(&self) -> Option<Nanos> {
        self.open.iter().map(|w| w.close).min()
    }

    /// Takes out the windows that closed before or at `time`, with their closes and outcomes in order of opening.
    pub fn settle(&mut self, time: Nanos) -> Vec<(Nanos, Outcome)> {
        let closed: Vec<Window> = self.open.extract_if(.., |w| w.close <= time).collect();
        closed.into_iter().map(|w| (w.close, w.outcome())).collect()
    }

    /// Whether any window is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

impl Window {
    fn outcome(self) -> Outcome {
        let correct = match (&self.taken, &self.accepts.correct) {
            (Some(press), Some(right)) => Some(press.meaning == *right),
            _ => None,
        };
        let answer = Answer::Button {
            correct,
            rt_ns: self.taken.as_ref().map(|p| p.stamp - self.onset),
            meaning: self.taken.as_ref().map(|p| p.meaning.clone()),
            code: self.taken.map(|p| p.code),
        };
        Outcome { phase: self.phase, answer }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: i64) -> Nanos {
        Nanos::from_millis(n)
    }

    fn press(t: i64, meaning: &str) -> Press {
        Press { stamp: ms(t), code: meaning.to_uppercase(), meaning: meaning.into() }
    }

    fn windows() -> Answers {
        let accepts = ResponseWindow {
            keys: vec!["left".into(), "right".into()],
            correct: Some("left".into()),
            window: None,
        };
        let mut a = Answers::default();
        a.open(0, &accepts, ms(1_000), ms(3_000));
        a.open(1, &accepts, ms(2_000), ms(4_000));
        a
    }

    fn rts(o: &[(Nanos, Outcome)]) -> Vec<(u32, Option<i64>, Option<bool>)> {
        o.iter()
            .map(|(_, o)| match &o.answer {
                Answer::Button { rt_ns, correct, .. } => {
                    (o.phase, rt_ns.map(|n| n.0 / 1_000_000), *correct)
                }
                Answer::Rating { .. } => unreachable!("a window gives a button answer"),
            })
            .collect()
    }

    #[test]
    fn first_press_counts_and_reaction_time_is_from_the_final_onset() {
        let mut a = windows();
        a.press(&press(1_250, "left"));
        a.press(&press(1_300, "right"));
        assert_eq!(rts(&a.settle(ms(4_000))), [(0, Some(250), Some(true)), (1, None, None)]);
    }

    #[test]
    fn late_key_keeps_its_own_timestamp() {
        let mut a = windows();
        a.press(&press(2_500, "left"));
        a.press(&press(1_400, "right"));
        assert_eq!(
            rts(&a.settle(ms(4_000))),
            [(0, Some(400), Some(false)), (1, Some(500), Some(true))]
        );
    }

    #[test]
    fn presses_before_the_onset_or_of_other_meaning_answer_nothing() {
        let mut a = windows();
        a.press(&press(999, "left"));
        a.press(&press(1_500, "continue"));
        assert_eq!(rts(&a.settle(ms(3_000))), [(0, None, None)]);
        assert_eq!(a.next_close(), Some(ms(4_000)));
    }
}
