//! Button windows: which key answers which phase. A window opens at the final onset of its phase; the press with
//! the earliest stamp inside it counts, whenever it arrives. A window that opens ends older ones that listen to
//! one of its keys, so that a press belongs to the newest phase it can answer, and to that one only.

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
    /// Opens a window for a phase that appeared at `onset`. `before` are presses that arrived ahead of the report
    /// of that onset.
    pub fn open<'p>(
        &mut self,
        phase: u32,
        accepts: &ResponseWindow,
        (onset, close): (Nanos, Nanos),
        before: impl Iterator<Item = &'p Press>,
    ) {
        for older in &mut self.open {
            if older.accepts.keys.iter().any(|k| accepts.keys.contains(k)) {
                older.close = older.close.min(onset);
                // What it took is no longer inside; it took the earliest, so nothing else is either.
                older.taken.take_if(|p| p.stamp >= onset);
            }
        }
        let mut window = Window { phase, onset, close, accepts: accepts.clone(), taken: None };
        before.for_each(|press| window.offer(press));
        self.open.push(window);
    }

    /// Offers a press to the windows.
    pub fn press(&mut self, press: &Press) {
        self.open.iter_mut().for_each(|w| w.offer(press));
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
    fn offer(&mut self, press: &Press) {
        let inside = self.onset <= press.stamp && press.stamp < self.close;
        let first = self.taken.as_ref().is_none_or(|t| press.stamp < t.stamp);
        if inside && first && self.accepts.keys.contains(&press.meaning) {
            self.taken = Some(press.clone());
        }
    }

    fn outcome(self) -> Outcome {
        let correct = match (&self.taken, &self.accepts.correct) {
            (Some(press), Some(right)) => Some(press.meaning == *right),
            _ => None,
        };
        let answer = Answer::Button {
            correct,
            rt_ns: self.taken.as_ref().map(|p| p.stamp - self.onset),
            given: None,
            anticipated: false,
            presses: 0,
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

    fn accepts(keys: &[&str]) -> ResponseWindow {
        let keys: Vec<String> = keys.iter().map(|k| k.to_string()).collect();
        ResponseWindow { correct: keys.first().cloned(), keys, ..ResponseWindow::default() }
    }

    fn open(a: &mut Answers, phase: u32, keys: &[&str], from: i64, to: i64, before: &[Press]) {
        a.open(phase, &accepts(keys), (ms(from), ms(to)), before.iter());
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
        let mut a = Answers::default();
        open(&mut a, 0, &["left", "right"], 1_000, 3_000, &[]);
        a.press(&press(1_250, "left"));
        a.press(&press(1_300, "right"));
        assert_eq!(rts(&a.settle(ms(4_000))), [(0, Some(250), Some(true))]);
    }

    #[test]
    fn late_key_keeps_its_own_timestamp() {
        let mut a = Answers::default();
        open(&mut a, 0, &["left", "right"], 1_000, 3_000, &[]);
        a.press(&press(2_500, "left"));
        a.press(&press(1_400, "right"));
        assert_eq!(rts(&a.settle(ms(4_000))), [(0, Some(400), Some(false))]);
    }

    #[test]
    fn a_new_window_ends_an_older_one_that_shares_a_key() {
        // A face each second, with windows of 1.9 s, answered after 650 ms each.
        let mut a = Answers::default();
        let mut all = vec![];
        for i in 0..4_i64 {
            open(&mut a, i as u32, &["left", "right"], 1_000 * i, 1_000 * i + 1_900, &[]);
            a.press(&press(1_000 * i + 650, "left"));
            all.extend(a.settle(ms(1_000 * i + 700)));
        }
        all.extend(a.settle(Nanos::MAX));
        let right = |phase| (phase, Some(650), Some(true));
        assert_eq!(rts(&all), [right(0), right(1), right(2), right(3)]);
    }

    #[test]
    fn windows_of_other_keys_go_on_beside_each_other() {
        let mut a = Answers::default();
        open(&mut a, 0, &["left"], 1_000, 3_000, &[]);
        open(&mut a, 1, &["stop"], 1_500, 2_000, &[]);
        a.press(&press(1_600, "stop"));
        a.press(&press(1_700, "left"));
        assert_eq!(
            rts(&a.settle(ms(4_000))),
            [(0, Some(700), Some(true)), (1, Some(100), Some(true))]
        );
    }

    #[test]
    fn it_does_not_matter_whether_the_key_or_the_report_of_the_onset_came_first() {
        let key = press(2_010, "left");
        let mut report_first = Answers::default();
        open(&mut report_first, 0, &["left"], 1_000, 3_000, &[]);
        open(&mut report_first, 1, &["left"], 2_000, 4_000, &[]);
        report_first.press(&key);
        let mut key_first = Answers::default();
        open(&mut key_first, 0, &["left"], 1_000, 3_000, &[]);
        key_first.press(&key);
        open(&mut key_first, 1, &["left"], 2_000, 4_000, std::slice::from_ref(&key));
        let expected = [(0, None, None), (1, Some(10), Some(true))];
        assert_eq!(rts(&report_first.settle(Nanos::MAX)), expected);
        assert_eq!(rts(&key_first.settle(Nanos::MAX)), expected);
    }

    #[test]
    fn presses_before_the_onset_or_of_other_meaning_answer_nothing() {
        let mut a = Answers::default();
        open(&mut a, 0, &["left", "right"], 1_000, 3_000, &[press(999, "left")]);
        a.press(&press(1_500, "continue"));
        assert_eq!(a.next_close(), Some(ms(3_000)));
        assert_eq!(rts(&a.settle(ms(3_000))), [(0, None, None)]);
    }
}
