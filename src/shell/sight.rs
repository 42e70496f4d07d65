//! Whether a window can be seen, and what there is to say when that changes: once at the beginning, and once at the end with
//! how long it took. Pure.

use crate::ground::record::Level;
use crate::ground::time::Nanos;

/// What can be seen of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    Seen,
    /// Another window lies over a part of it.
    #[cfg_attr(not(unix), expect(dead_code, reason = "nothing tells of it there"))]
    Partly,
    /// Another window lies over all of it.
    #[cfg_attr(not(unix), expect(dead_code, reason = "nothing tells of it there"))]
    Covered,
    /// It is minimised, or on another desktop.
    Hidden,
}

/// How long a window was seen or not.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// It is meant to fill the screen, and whatever lies over it is a fault.
    fullscreen: bool,
    sight: Sight,
    /// Since when it was not wholly seen.
    since: Nanos,
}

impl Account {
    /// Of a window that is seen.
    pub fn of(fullscreen: bool) -> Account {
        Account { fullscreen, sight: Sight::Seen, since: Nanos::ZERO }
    }

    /// What there is to say of a change; nothing where it is none.
    pub fn turn(&mut self, now: Nanos, sight: Sight) -> Option<(Level, String)> {
        let before = std::mem::replace(&mut self.sight, sight);
        if before == sight {
            return None;
        }
        if before == Sight::Seen {
            self.since = now;
        }
        let (bad, doubtful) = match self.fullscreen {
            true => (Level::Error, Level::Warning),
            false => (Level::Warning, Level::Info),
        };
        let (level, text) = match sight {
            Sight::Seen => {
                let gone = (now - self.since).secs();
                (Level::Info, format!("the window is wholly seen again, after {gone:.1} s"))
            }
            Sight::Partly => {
                (doubtful, "another window covers a part of the window: move it away".into())
            }
            Sight::Covered => {
                let text = "another window covers the window, and nothing in it is seen: bring it to the front";
                (bad, text.into())
            }
            Sight::Hidden => {
                let text =
                    "the window is minimised or hidden, and nothing in it is seen: bring it back";
                (bad, text.into())
            }
        };
        Some((level, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Nanos {
        Nanos::from_millis(ms)
    }

    #[test]
    fn a_window_that_is_covered_is_told_once_and_its_end_with_how_long_it_took() {
        let mut account = Account::of(true);
        assert_eq!(account.turn(at(0), Sight::Seen), None);
        let (level, text) = account.turn(at(1_000), Sight::Covered).unwrap();
        assert!(level == Level::Error && text.contains("bring it to the front"), "{text}");
        assert_eq!(account.turn(at(2_000), Sight::Covered), None, "it is known");
        assert!(account.turn(at(2_500), Sight::Partly).is_some());
        let (level, text) = account.turn(at(4_200), Sight::Seen).unwrap();
        assert!(level == Level::Info && text.contains("after 3.2 s"), "{text}");
    }

    #[test]
    fn what_lies_over_a_window_matters_less_than_over_a_full_screen() {
        let level = |fullscreen, sight| Account::of(fullscreen).turn(at(1), sight).unwrap().0;
        assert_eq!(level(true, Sight::Partly), Level::Warning);
        assert_eq!(level(false, Sight::Partly), Level::Info);
        assert_eq!(level(false, Sight::Hidden), Level::Warning);
    }
}
