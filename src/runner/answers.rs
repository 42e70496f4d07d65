//! Button windows: which key answers which phase. A window opens at the final onset of its phase; the press with
//! the earliest stamp inside it counts, whenever it arrives. A window that opens ends older ones that listen to
//! one of its keys, and so does a scale that appears, so that a press belongs to the newest phase it can answer, and to
//! that one only.

use crate::ground::record::{Answer, Outcome};
use crate::ground::time::Nanos;
use crate::plan::schema::{NO_PRESS, ResponseWindow};

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
    /// What was pressed inside it, as it arrived.
    presses: Vec<Press>,
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
        self.give_way(|key| accepts.keys.contains(key), onset);
        let mut window = Window { phase, onset, close, accepts: accepts.clone(), presses: vec![] };
        before.for_each(|press| window.offer(press));
        self.open.push(window);
    }

    /// A phase that listens to these keys appeared at `onset`: what is pressed from now on is meant for that one.
    pub fn give_way(&mut self, listens: impl Fn(&String) -> bool, onset: Nanos) {
        for older in &mut self.open {
            if older.accepts.keys.iter().any(&listens) {
                older.shut(onset);
            }
        }
    }

    /// Offers a press to the windows.
    pub fn press(&mut self, press: &Press) {
        self.open.iter_mut().for_each(|w| w.offer(press));
    }

    /// Takes back presses that were no answers after all.
    pub fn take_back(&mut self, is_none: impl Fn(&Press) -> bool) {
        self.open.iter_mut().for_each(|w| w.presses.retain(|p| !is_none(p)));
    }

    /// Closes the window of a phase at an instant, if it is open until then.
    pub fn shut(&mut self, phase: u32, at: Nanos) {
        self.open.iter_mut().filter(|w| w.phase == phase).for_each(|w| w.shut(at));
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

    /// What was asked is asked no more: nothing of it counts.
    pub fn forget(&mut self) {
        self.open.clear();
    }

    /// Whether no window is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

impl Window {
    fn offer(&mut self, press: &Press) {
        let inside = self.onset <= press.stamp && press.stamp < self.close;
        if inside && self.accepts.keys.contains(&press.meaning) {
            self.presses.push(press.clone());
        }
    }

    fn shut(&mut self, at: Nanos) {
        self.close = self.close.min(at);
        self.presses.retain(|p| p.stamp < self.close);
    }

    /// The earliest press answers, whatever comes behind it; one that came too soon keeps the others from answering.
    fn outcome(self) -> Outcome {
        let presses = self.presses.len() as u32;
        let taken = self.presses.into_iter().min_by_key(|p| p.stamp);
        let rt = taken.as_ref().map(|p| p.stamp - self.onset);
        let anticipated = rt.is_some_and(|rt| rt < self.accepts.anticipation);
        let stands_for =
            |p: &Press| self.accepts.answers.get(&p.meaning).unwrap_or(&p.meaning).clone();
        let given = taken.as_ref().map(stands_for);
        let right = self.accepts.correct.as_ref().filter(|_| !anticipated);
        let answer = Answer::Button {
            correct: match right {
                Some(right) if right == NO_PRESS => Some(given.is_none()),
                _ => given.as_ref().zip(right).map(|(given, right)| given == right),
            },
            rt_ns: rt,
            given,
            anticipated,
            presses,
            meaning: taken.as_ref().map(|p| p.meaning.clone()),
            code: taken.map(|p| p.code),
        };
        Outcome { phase: self.phase, answer, cut: false }
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

    fn outcome(mut a: Answers) -> (Option<String>, Option<String>, Option<bool>, bool, u32) {
        match a.settle(Nanos::MAX).remove(0).1.answer {
            Answer::Button { meaning, given, correct, anticipated, presses, .. } => {
                (meaning, given, correct, anticipated, presses)
            }
            Answer::Rating { .. } => unreachable!("a window gives a button answer"),
        }
    }

    /// A face for which `right` stands for `female` in this run.
    fn face(correct: &str, before: &[Press]) -> Answers {
        let accepts = ResponseWindow {
            keys: vec!["left".into(), "right".into()],
            answers: [("left", "male"), ("right", "female")]
                .map(|(k, a)| (k.to_string(), a.to_string()))
                .into(),
            correct: Some(correct.into()),
            anticipation: ms(100),
            window: None,
        };
        let mut a = Answers::default();
        a.open(0, &accepts, (ms(1_000), ms(3_000)), before.iter());
        a
    }

    #[test]
    fn what_a_button_stands_for_is_given_and_judged() {
        for (correct, right) in [("female", true), ("male", false)] {
            let mut a = face(correct, &[]);
            a.press(&press(1_600, "right"));
            let (meaning, given, judged, anticipated, presses) = outcome(a);
            assert_eq!((meaning.as_deref(), given.as_deref()), (Some("right"), Some("female")));
            assert_eq!((judged, anticipated, presses), (Some(right), false, 1));
        }
    }

    #[test]
    fn a_press_that_comes_too_soon_is_neither_right_nor_wrong_and_nothing_replaces_it() {
        let mut a = face("female", &[press(1_099, "left")]);
        a.press(&press(1_600, "right"));
        let (_, given, judged, anticipated, presses) = outcome(a);
        assert_eq!((given.as_deref(), judged, anticipated, presses), (Some("male"), None, true, 2));
        let mut a = face("female", &[]);
        a.press(&press(1_100, "right"));
        assert_eq!(outcome(a).2, Some(true), "the limit itself is no anticipation");
    }

    #[test]
    fn presses_that_a_later_window_or_a_pointing_hand_takes_are_not_counted() {
        let mut a = Answers::default();
        open(&mut a, 0, &["left"], 1_000, 3_000, &[]);
        for t in [1_400, 1_500, 1_700] {
            a.press(&press(t, "left"));
        }
        a.take_back(|p| p.stamp == ms(1_400));
        open(&mut a, 1, &["left"], 1_600, 3_000, &[press(1_700, "left")]);
        assert_eq!(
            rts(&a.settle(Nanos::MAX)),
            [(0, Some(500), Some(true)), (1, Some(100), Some(true))]
        );
    }

    #[test]
    fn where_nothing_should_be_pressed_a_press_is_wrong_and_none_is_right() {
        for (pressed, right) in [(false, Some(true)), (true, Some(false))] {
            let mut a = Answers::default();
            let accepts = ResponseWindow { correct: Some(NO_PRESS.into()), ..accepts(&["left"]) };
            a.open(0, &accepts, (ms(1_000), ms(3_000)), [].iter());
            if pressed {
                a.press(&press(1_500, "left"));
            }
            assert_eq!(outcome(a).2, right);
        }
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
