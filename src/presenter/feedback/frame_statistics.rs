//! What DXGI's frame statistics say of pictures. A reading tells of the last picture that was shown: on which refresh, and
//! when one refresh was. What else came between two readings is named only where it can have come in one way. Pure.

use super::{Fate, Handed, Report, Seen, estimated};
use crate::ground::record::Basis;
use crate::ground::time::Nanos;
use std::collections::VecDeque;

/// One reading. The counters are of 32 bits and go round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Number of the last picture that was shown.
    pub present: u32,
    /// The refresh that it came on.
    pub refresh: u32,
    /// A refresh whose time is known, not always the same one.
    pub sync_refresh: u32,
    /// Its time.
    pub sync: Nanos,
}

/// Follows the pictures of one swap chain.
#[derive(Debug, Default)]
pub struct FrameStatistics {
    /// Handed over and not told of, oldest first.
    waiting: VecDeque<(u32, Handed)>,
    /// The swap chain's number of the picture that was handed over last.
    newest: Option<u32>,
    /// The last picture that was told of since the row of readings was broken.
    known: Option<Known>,
    /// The first refresh since then whose time is known.
    first_sync: Option<(u64, Nanos)>,
    period: Option<Nanos>,
    reports: Vec<Report>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    present: u32,
    refresh: u64,
    onset: Nanos,
}

/// More than any swap chain holds back.
const KEPT: usize = 256;

/// How far a counter that goes round is ahead of another; negative where it is behind.
fn ahead(of: u32, than: u32) -> i64 {
    i64::from(of.wrapping_sub(than).cast_signed())
}

impl FrameStatistics {
    /// A picture was handed over, and is number `present` of the swap chain; none where that cannot be learnt.
    pub fn handed(&mut self, handed: &Handed, present: Option<u32>) {
        let before = self.newest;
        self.newest = present.or(before);
        match present {
            // The swap chain did not count it: it was never taken.
            Some(_) if present == before => self.say(handed.number, Fate::Discarded),
            Some(present) => {
                if self.waiting.len() == KEPT {
                    self.waiting.pop_front();
                }
                self.waiting.push_back((present, *handed));
            }
            None => self.guess(handed, None),
        }
    }

    /// Whether anything is to be told of.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A reading was taken.
    pub fn read(&mut self, reading: &Reading) {
        let refresh = match self.known {
            Some(k) => k.refresh.saturating_add_signed(ahead(reading.refresh, k.refresh as u32)),
            None => u64::from(reading.refresh),
        };
        let since = ahead(reading.sync_refresh, reading.refresh);
        self.synced(refresh.saturating_add_signed(since), reading.sync);
        let onset = match (since, self.period) {
            (0, _) => reading.sync,
            (_, Some(period)) => reading.sync - period * since,
            // Until the period is known nothing can be said; the next reading shows it.
            (_, None) => return,
        };
        let now = Known { present: reading.present, refresh, onset };
        if self.known.is_some_and(|k| ahead(now.present, k.present) <= 0) {
            return;
        }
        let before = self.known.replace(now);
        while let Some((present, handed)) = self.waiting.front().copied() {
            let back = ahead(now.present, present);
            if back < 0 {
                break;
            }
            self.waiting.pop_front();
            self.shown(&handed, back, &now, before.as_ref());
        }
    }

    /// Readings before and after are of different rows: the mode has changed, or the display slept.
    pub fn disjoint(&mut self) {
        self.known = None;
        self.first_sync = None;
        self.period = None;
    }

    /// The swap chain was made anew, and nobody will tell of what was handed over before.
    pub fn restart(&mut self) {
        for (_, handed) in std::mem::take(&mut self.waiting) {
            self.guess(&handed, None);
        }
        self.disjoint();
        self.newest = None;
    }

    pub fn take(&mut self, reports: &mut Vec<Report>) {
        reports.append(&mut self.reports);
    }

    /// From one refresh to the next, once two were told of.
    pub fn period(&self) -> Option<Nanos> {
        self.period
    }

    fn synced(&mut self, refresh: u64, at: Nanos) {
        let (first, since) = *self.first_sync.get_or_insert((refresh, at));
        if let Ok(periods) = i64::try_from(refresh.saturating_sub(first))
            && periods > 0
            && at > since
        {
            self.period = Some(Nanos((at - since).0 / periods));
        }
    }

    /// What became of a picture `back` pictures before the one that a reading tells of; `before` is the one told of before.
    fn shown(&mut self, handed: &Handed, back: i64, now: &Known, before: Option<&Known>) {
        // Where the pictures since then are as many as the refreshes, there was one on each.
        let each = before.and_then(|b| {
            let pictures = ahead(now.present, b.present);
            let refreshes = now.refresh.saturating_sub(b.refresh);
            (u64::try_from(pictures) == Ok(refreshes))
                .then(|| Nanos((now.onset - b.onset).0 / pictures.max(1)))
        });
        let (onset, refresh) = match (back, each) {
            (0, _) => (now.onset, now.refresh),
            (_, Some(period)) => {
                (now.onset - period * back, now.refresh.saturating_add_signed(-back))
            }
            (_, None) => return self.guess(handed, Some(now.onset)),
        };
        // Nothing is seen before it was handed over: whoever says so means another picture.
        if onset < handed.called {
            return self.guess(handed, None);
        }
        let seen = Seen { onset, basis: Basis::DxgiStatistics, count: Some(refresh) };
        self.say(handed.number, Fate::Shown(seen));
    }

    /// An estimate, and named so; a later picture came at `latest`.
    fn guess(&mut self, handed: &Handed, latest: Option<Nanos>) {
        let onset = estimated(handed, self.period);
        let onset = latest.map_or(onset, |latest| onset.min(latest.max(handed.called)));
        self.say(handed.number, Fate::Shown(Seen { onset, basis: Basis::Estimate, count: None }));
    }

    fn say(&mut self, number: u64, fate: Fate) {
        self.reports.push(Report { number, fate });
    }
}

#[cfg(test)]
mod tests;
