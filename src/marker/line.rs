//! The level of one device's lines over time: which mark comes next, when its pulse is over, and the gap between two marks that
//! come close to each other. It is told instants and decides; it reads no clock and writes nothing.

use crate::ground::ports::MarkOrder;
use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// How long a code and the rest level behind it stand at least where marks come close to each other, and pulses are not
/// shorter: a sample of a recorder that takes 500 in a second.
const GAP: Nanos = Nanos::from_millis(2);

/// What is to be written next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Mark(MarkOrder),
    Rest,
}

/// Marks that wait for their instants, and the level.
#[derive(Clone, Debug)]
pub struct Line {
    /// How long a code stands; none where it stands until the next.
    pulse: Option<Nanos>,
    /// By instant; those of one instant in the order in which they came.
    waiting: VecDeque<MarkOrder>,
    /// When the code that stands was written.
    high: Option<Nanos>,
    /// When the rest level was written last.
    rested: Option<Nanos>,
}

impl Line {
    /// A line at rest.
    pub fn new(pulse: Option<Nanos>) -> Line {
        Line { pulse, waiting: VecDeque::new(), high: None, rested: None }
    }

    /// Takes a mark.
    pub fn push(&mut self, order: MarkOrder) {
        let at = self.waiting.iter().rposition(|o| o.at <= order.at).map_or(0, |i| i + 1);
        self.waiting.insert(at, order);
    }

    /// When something is to be written next, if at all.
    pub fn next_at(&self) -> Option<Nanos> {
        let mark = self.waiting.front().map(|o| o.at);
        match (self.pulse, self.high, mark) {
            // The pulse is cut short where the next mark comes before its end, so that the two can be told apart; but never
            // so short that it cannot be seen.
            (Some(pulse), Some(high), Some(mark)) => {
                Some((high + pulse).min((mark - self.gap()).max(high + self.gap())))
            }
            (Some(pulse), Some(high), None) => Some(high + pulse),
            (Some(_), None, Some(mark)) => {
                Some(self.rested.map_or(mark, |rested| mark.max(rested + self.gap())))
            }
            (None, _, mark) => mark,
            (Some(_), None, None) => None,
        }
    }

    /// What is to be written at the instant `now`, if anything; [`Line::wrote`] says that it was.
    pub fn take(&mut self, now: Nanos) -> Option<Step> {
        if self.next_at()? > now {
            return None;
        }
        match (self.pulse, self.high) {
            (Some(_), Some(_)) => Some(Step::Rest),
            _ => self.waiting.pop_front().map(Step::Mark),
        }
    }

    /// A mark (or the rest level) was written at an instant.
    pub fn wrote(&mut self, mark: bool, at: Nanos) {
        match mark {
            true => self.high = Some(at),
            false => (self.high, self.rested) = (None, Some(at)),
        }
    }

    /// The device is gone, and with it the level of its lines.
    pub fn lost(&mut self) {
        (self.high, self.rested) = (None, None);
    }

    fn gap(&self) -> Nanos {
        self.pulse.unwrap_or(GAP).min(GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::ports::EventMark;

    fn order(code: u8, ms: i64) -> MarkOrder {
        let mark = EventMark { phase: None, name: "a".into(), code, detail: "n/a".into() };
        MarkOrder { mark, at: Nanos::from_millis(ms), scene: None }
    }

    /// What is written when, in microseconds, by a writer that is never held up; each write takes no time.
    fn written(pulse: Option<i64>, orders: &[(u8, i64)]) -> Vec<(i64, Option<u8>)> {
        let mut line = Line::new(pulse.map(Nanos::from_millis));
        orders.iter().for_each(|(code, ms)| line.push(order(*code, *ms)));
        let (mut now, mut all) = (Nanos::ZERO, Vec::new());
        while let Some(at) = line.next_at() {
            now = now.max(at);
            let step = line.take(now).expect("it is due");
            let code = match step {
                Step::Mark(order) => Some(order.mark.code),
                Step::Rest => None,
            };
            line.wrote(code.is_some(), now);
            all.push((now.0 / 1000, code));
        }
        all
    }

    #[test]
    fn a_pulse_ends_with_the_rest_level() {
        let all = written(Some(5), &[(11, 100), (12, 200)]);
        let expected = [(100_000, Some(11)), (105_000, None), (200_000, Some(12)), (205_000, None)];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_pulse_is_cut_short_before_a_mark_that_comes_within_it() {
        let all = written(Some(5), &[(11, 100), (12, 104)]);
        let expected = [(100_000, Some(11)), (102_000, None), (104_000, Some(12)), (109_000, None)];
        assert_eq!(all, expected);
    }

    #[test]
    fn marks_of_one_instant_come_one_after_the_other_with_the_rest_level_between_them() {
        let all = written(Some(5), &[(11, 100), (12, 100), (13, 100)]);
        let codes: Vec<Option<u8>> = all.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes, [Some(11), None, Some(12), None, Some(13), None]);
        // None is lost, and each can be seen, as can what is between them.
        let steps: Vec<i64> = all.windows(2).map(|w| w[1].0 - w[0].0).collect();
        assert_eq!(steps, [2000, 2000, 2000, 2000, 5000]);
    }

    #[test]
    fn marks_are_written_by_their_instants_whatever_came_first() {
        let all = written(None, &[(12, 200), (11, 100), (13, 200)]);
        assert_eq!(all, [(100_000, Some(11)), (200_000, Some(12)), (200_000, Some(13))]);
    }

    #[test]
    fn without_a_pulse_the_code_stands_until_the_next() {
        assert_eq!(written(None, &[(11, 1)]), [(1000, Some(11))]);
    }

    #[test]
    fn nothing_is_written_before_its_instant() {
        let mut line = Line::new(Some(Nanos::from_millis(5)));
        line.push(order(11, 100));
        assert_eq!(line.take(Nanos::from_millis(99)), None);
        assert!(line.take(Nanos::from_millis(100)).is_some());
    }
}
