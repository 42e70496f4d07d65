//! How many events a wire may bring: what a person or a scanner can send, and not what a broken or hostile sender can.
//! It is told instants and counts.

use crate::ground::time::Nanos;

/// So many events a second: 128 slices in half a second, and buttons beside them.
const MOST: u32 = 300;
const SECOND: Nanos = Nanos::from_millis(1_000);

/// Counts events by the second.
#[derive(Debug, Default)]
pub struct Flood {
    /// When the present second began.
    since: Option<Nanos>,
    let_through: u32,
    held_back: u64,
}

impl Flood {
    /// Whether one more event may pass.
    pub fn lets_through(&mut self, stamp: Nanos) -> bool {
        if self.since.is_none_or(|since| stamp - since >= SECOND) {
            self.since = Some(stamp);
            self.let_through = 0;
        }
        let passes = self.let_through < MOST;
        self.let_through += u32::from(passes);
        self.held_back += u64::from(!passes);
        passes
    }

    /// What is to be said of those held back, `more` that were lost before they came here among them, once a second has
    /// gone by.
    pub fn tell(&mut self, now: Nanos, more: u64, name: &str) -> Option<String> {
        self.held_back += more;
        let over = self.since.is_none_or(|since| now - since >= SECOND);
        if self.held_back == 0 || !over {
            return None;
        }
        let n = std::mem::take(&mut self.held_back);
        Some(format!(
            "{name} sent more than {MOST} messages in a second: {n} were not taken; look at what sends them"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_scanner_sends_is_held_back_and_told_once() {
        let mut flood = Flood::default();
        let at = |ms: i64| Nanos::from_millis(ms);
        let passed = (0..100_000).filter(|i| flood.lets_through(at(i / 200))).count();
        assert_eq!(passed, MOST as usize);
        assert_eq!(flood.tell(at(600), 0, "tcp"), None, "the second is not over");
        let said = flood.tell(at(1_500), 5, "tcp").unwrap();
        assert!(said.contains(&format!("{} were not taken", 100_000 - MOST + 5)), "{said}");
        assert_eq!(flood.tell(at(1_600), 0, "tcp"), None);
        assert!(flood.lets_through(at(1_700)), "the next second is its own");
    }

    #[test]
    fn slices_of_a_fast_scanner_all_pass() {
        let mut flood = Flood::default();
        assert!((0..10_000).all(|i| flood.lets_through(Nanos::from_millis(i * 4))));
    }
}
