//! What paces the flips: the row of refreshes as it is known, kept true by the display's own ticks and reports, and when
//! a picture must be handed over to be on one of them.
#![cfg_attr(not(feature = "window"), allow(dead_code))]

#[cfg(all(feature = "window", unix))]
use super::msc::MscClock;
use crate::ground::time::Nanos;
use crate::presenter::feedback::Seen;
use crate::presenter::grid::Grid;
#[cfg(feature = "window")]
use crate::presenter::ticks::Ticks;

/// How pictures get to the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pacing {
    /// The screen takes them at its refreshes: one that is handed over between two appears so many refreshes after the
    /// coming one.
    Refreshes { lag: u32 },
    /// Nothing waits for the screen: they appear so long after they were handed over.
    Timer { handover: Nanos },
}

/// What paces the flips.
#[derive(Debug)]
pub struct Refresh {
    pub grid: Grid,
    pub pacing: Pacing,
    /// Number of a flip minus the display's own.
    #[cfg(feature = "window")]
    offset: i64,
    #[cfg(feature = "window")]
    ticks: Ticks,
    #[cfg(all(feature = "window", unix))]
    clock: Option<MscClock>,
}

/// How often a refresh is looked at: often at first, while the rate is not well known.
#[cfg(feature = "window")]
const OFTEN: Nanos = Nanos::from_millis(100);
#[cfg(feature = "window")]
const SELDOM: Nanos = Nanos::from_millis(500);
#[cfg(feature = "window")]
const WELL_KNOWN: usize = 64;
/// How much one hand-over tells of the next.
const LEARN: i64 = 8;

impl Refresh {
    /// Flips at a rate, with one at `flip`, that nothing but the pacing is known of.
    pub fn timer(flip: Nanos, hz: f64, pacing: Pacing) -> Refresh {
        Refresh {
            grid: Grid::new(flip, hz),
            pacing,
            #[cfg(feature = "window")]
            offset: 0,
            #[cfg(feature = "window")]
            ticks: Ticks::default(),
            #[cfg(all(feature = "window", unix))]
            clock: None,
        }
    }

    /// Flips on a row of refreshes, numbered as the display does. None where too few of them were seen.
    #[cfg(feature = "window")]
    pub fn on(ticks: Ticks, pacing: Pacing) -> Option<Refresh> {
        let row = ticks.row()?;
        let mut refresh = Refresh::timer(row.at, row.hz(), pacing);
        refresh.grid.lay(row.count, row.at, row.period_ns);
        Some(Refresh { ticks, ..refresh })
    }

    /// The same, kept true by the ticks of a server.
    #[cfg(all(feature = "window", unix))]
    pub fn followed_by(self, clock: Option<MscClock>) -> Refresh {
        Refresh { clock, ..self }
    }

    /// Takes another clock in the place of the one that it follows, if it follows any: that of a window that is gone ticks no
    /// more. Where there is no other it goes on by what it knows.
    #[cfg(all(feature = "window", unix))]
    pub fn follow_another(&mut self, open: impl FnOnce() -> Option<MscClock>) {
        if self.clock.is_some() {
            self.clock = open();
        }
    }

    /// Whether the swap chain waits for the screen.
    pub fn paced(&self) -> bool {
        matches!(self.pacing, Pacing::Refreshes { .. })
    }

    /// The period where the swap chain waits for the screen.
    pub fn paced_period(&self) -> Option<Nanos> {
        self.paced().then(|| self.grid.period())
    }

    /// Whether something tells of refreshes while nothing is shown.
    pub fn is_followed(&self) -> bool {
        #[cfg(all(feature = "window", unix))]
        return self.clock.is_some();
        #[cfg(not(all(feature = "window", unix)))]
        false
    }

    /// When to hand a picture over so that flip `frame` shows it: where nothing waits for the screen, as much before the
    /// flip as the picture takes to get there, else in the middle of the refresh before, so that neither can be missed.
    pub fn present_at(&self, frame: u64) -> Nanos {
        let before = match self.pacing {
            Pacing::Refreshes { lag } => {
                let period = self.grid.period();
                period.half() + period * i64::from(lag)
            }
            Pacing::Timer { handover } => handover,
        };
        self.grid.time(frame) - before
    }

    /// The first flip on which a picture can come that is handed over at an instant.
    pub fn first_reached(&self, handed: Nanos) -> u64 {
        let lag = match self.pacing {
            Pacing::Refreshes { lag } => i64::from(lag),
            Pacing::Timer { .. } => 0,
        };
        self.grid.first_from(handed + self.grid.period() * lag)
    }

    /// The flip on which a picture will appear that was meant for `frame` and is handed over at an instant, and when that is.
    pub fn appears(&self, frame: u64, handed: Nanos) -> (u64, Nanos) {
        match self.pacing {
            Pacing::Refreshes { .. } => {
                let frame = frame.max(self.first_reached(handed));
                (frame, self.grid.time(frame))
            }
            Pacing::Timer { handover } => {
                let at = self.grid.time(frame).max(handed + handover);
                (frame.max(self.grid.nearest(at)), at)
            }
        }
    }

    /// Learns from a confirmed onset how long a picture takes to get to the screen.
    pub fn learn_handover(&mut self, took: Nanos) {
        if let Pacing::Timer { handover } = &mut self.pacing {
            // One that took much longer was held up, and says nothing of the next.
            let longest = *handover * 2 + Nanos(self.grid.period().0 / 4);
            if Nanos::ZERO < took && took < longest {
                *handover += Nanos((took - *handover).0 / LEARN);
            }
        }
    }

    /// The number of the flip that a picture was seen on.
    pub fn frame_of(&self, seen: &Seen) -> u64 {
        #[cfg(feature = "window")]
        if let (Some(count), true) = (seen.count, self.paced()) {
            return count.saturating_add_signed(self.offset);
        }
        self.grid.nearest(seen.onset)
    }

    /// Whether flips bear the display's own numbers.
    pub fn is_counted(&self, seen: &Seen) -> bool {
        self.paced() && seen.count.is_some()
    }

    /// A picture was seen on a refresh: where refreshes are told of by pictures, they are kept true by them.
    #[cfg(feature = "window")]
    pub fn saw(&mut self, seen: &Seen) {
        if self.paced() && !self.is_followed() && seen.basis.is_confirmed() {
            let by_time = self.grid.nearest(seen.onset).saturating_add_signed(-self.offset);
            let count = seen.count.unwrap_or(by_time);
            // Spread over a minute they tell more of the rate than all those of the last two seconds.
            let since = self.ticks.last().map(|last| count.abs_diff(last));
            if since.is_none_or(|n| n >= self.every()) {
                self.follow(count, seen.onset);
            }
        }
    }

    /// Of so many refreshes one is looked at: of more at first, while the rate is not well known.
    #[cfg(feature = "window")]
    fn every(&self) -> u64 {
        let every = if self.ticks.len() < WELL_KNOWN { OFTEN } else { SELDOM };
        every.periods(self.grid.period()).max(1) as u64
    }

    /// Keeps the flips on the server's ticks, where it has any. Never waits.
    pub fn follow_ticks(&mut self) {
        #[cfg(all(feature = "window", unix))]
        {
            let ahead = self.every();
            if let Some((count, at)) = self.clock.as_mut().and_then(|c| c.tick(ahead)) {
                self.follow(count, at);
            }
        }
    }

    /// A refresh was seen under the display's own number. Numbers of flips go on whatever it does.
    #[cfg(feature = "window")]
    fn follow(&mut self, count: u64, at: Nanos) {
        let known = self.ticks.len();
        self.ticks.push(count, at);
        if self.ticks.len() <= known && self.ticks.len() < 2 {
            self.offset = self.grid.nearest(at) as i64 - count as i64;
        }
        if let Some(row) = self.ticks.row() {
            let k = row.count.saturating_add_signed(self.offset);
            self.grid.lay(k, row.at, row.period_ns);
        }
    }
}

#[cfg(all(test, feature = "window"))]
mod tests {
    use super::*;
    use crate::ground::record::Basis;

    const MS: i64 = 1_000_000;

    fn on(pacing: Pacing) -> Refresh {
        let mut ticks = Ticks::default();
        (500..530).for_each(|k| ticks.push(k, Nanos(k as i64 * 10 * MS)));
        Refresh::on(ticks, pacing).expect("a row")
    }

    fn seen(count: Option<u64>, ms: i64) -> Seen {
        Seen { onset: Nanos(ms * MS), basis: Basis::X11Present, count }
    }

    #[test]
    fn flips_bear_the_numbers_of_the_display() {
        let refresh = on(Pacing::Refreshes { lag: 0 });
        assert_eq!(refresh.grid.time(600), Nanos::from_secs(6.0));
        assert_eq!(
            refresh.frame_of(&seen(Some(601), 6001)),
            601,
            "its own number goes before its time"
        );
        assert_eq!(refresh.frame_of(&seen(None, 6001)), 600);
    }

    #[test]
    fn a_picture_is_handed_over_in_the_middle_of_the_refresh_before_and_sooner_where_it_lags() {
        let at = |lag| on(Pacing::Refreshes { lag }).present_at(600);
        assert_eq!([at(0), at(2)], [Nanos(5_995 * MS), Nanos(5_975 * MS)]);
        let timer = on(Pacing::Timer { handover: Nanos(3 * MS) });
        assert_eq!(timer.present_at(600), Nanos(5_997 * MS));
    }

    #[test]
    fn no_flip_is_meant_that_a_display_which_lags_cannot_reach() {
        let reached = |lag| on(Pacing::Refreshes { lag }).first_reached(Nanos(5_992 * MS));
        assert_eq!([reached(0), reached(2)], [600, 602]);
        let refresh = on(Pacing::Refreshes { lag: 2 });
        assert!(refresh.present_at(602) < Nanos(5_996 * MS), "it is handed over at once");
    }

    #[test]
    fn numbers_of_flips_go_on_where_a_display_counts_anew() {
        let mut refresh = on(Pacing::Refreshes { lag: 0 });
        for k in 1..20 {
            refresh.saw(&seen(Some(k), 7000 + 10 * k as i64));
        }
        assert_eq!(refresh.frame_of(&seen(Some(30), 7300)), 730);
        assert_eq!(refresh.grid.time(730), Nanos(7300 * MS));
    }

    #[test]
    fn what_was_held_up_says_nothing_of_the_next_hand_over() {
        let mut refresh = on(Pacing::Timer { handover: Nanos(MS) });
        refresh.learn_handover(Nanos(40 * MS));
        assert_eq!(refresh.pacing, Pacing::Timer { handover: Nanos(MS) });
        refresh.learn_handover(Nanos(2 * MS));
        assert_eq!(refresh.pacing, Pacing::Timer { handover: Nanos(1_125_000) });
    }
}
