//! The X server's own stamps beside those that were taken when its events arrived. They are whole milliseconds, too coarse to
//! be used, and fine enough to tell that an event was long on its way.

use crate::ground::time::Nanos;

/// So much may lie between the two, in milliseconds: their rounding, and the way.
const USUAL_MS: i64 = 5;
/// A server whose clock differs by more than this has another clock: it is on another computer.
const SAME_CLOCK_MS: i64 = 10_000;

/// How long events were on their way.
#[derive(Debug, Default)]
pub struct Crosscheck {
    worst_ms: i64,
}

impl Crosscheck {
    /// Milliseconds from the server's stamp to ours, where that is more than usual and more than ever before.
    pub fn late(&mut self, stamp: Nanos, server_ms: u32) -> Option<i64> {
        // The server's clock goes round each 50 days.
        let ours = (stamp.0 / 1_000_000) as u32;
        let late = i64::from(ours.wrapping_sub(server_ms) as i32);
        let news = late > USUAL_MS.max(self.worst_ms) && late < SAME_CLOCK_MS;
        if news {
            self.worst_ms = late;
        }
        news.then_some(late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_was_long_on_its_way_is_told_once_for_each_record() {
        let mut c = Crosscheck::default();
        let at = |ms: i64| Nanos::from_millis(ms);
        assert_eq!(c.late(at(1_000), 999), None);
        assert_eq!(c.late(at(1_020), 1_008), Some(12));
        assert_eq!(c.late(at(1_040), 1_030), None, "it was worse before");
        assert_eq!(c.late(at(1_100), 1_080), Some(20));
    }

    #[test]
    fn the_servers_clock_may_go_round_and_may_be_another() {
        let mut c = Crosscheck::default();
        let round = (1_i64 << 32) + 4;
        assert_eq!(c.late(Nanos::from_millis(round), u32::MAX - 5), Some(10));
        assert_eq!(c.late(Nanos::from_millis(50_000), 1), None);
        assert_eq!(c.late(Nanos::from_millis(1), 50_000), None);
    }
}
