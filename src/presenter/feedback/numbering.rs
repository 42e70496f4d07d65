//! Which of our pictures a driver's serial number means. Drivers number what they present themselves, from wherever
//! they like, and one after the other; the first report after a (re)start is of the first picture. Pure.

use std::collections::VecDeque;

/// Numbers of pictures by the serials of a driver.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    /// Asked for since the last start, in order.
    asked: VecDeque<u64>,
    /// Serial and number of the first picture since then.
    first: Option<(u32, u64)>,
}

/// More than any swap chain holds back.
const KEPT: usize = 256;

impl Numbering {
    /// A picture is about to be presented.
    pub fn ask(&mut self, number: u64) {
        if self.asked.len() == KEPT {
            self.asked.pop_front();
        }
        self.asked.push_back(number);
    }

    /// The driver may count from the beginning again; what was asked before is never told of.
    pub fn restart(&mut self) {
        *self = Numbering::default();
    }

    /// The picture that a serial means; none where nothing was asked that it could mean. A picture is named once.
    pub fn name(&mut self, serial: u32) -> Option<u64> {
        let (first_serial, first) = *match &mut self.first {
            Some(known) => known,
            none => none.insert((serial, *self.asked.front()?)),
        };
        let number = first + u64::from(serial.wrapping_sub(first_serial));
        let at = self.asked.iter().position(|n| *n == number)?;
        // Drivers may tell of a picture that was skipped after one that was shown, so nothing before it is dropped.
        self.asked.remove(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_counted_from_the_first_report_whatever_it_is() {
        let mut n = Numbering::default();
        (10..14).for_each(|i| n.ask(i));
        assert_eq!(n.name(u32::MAX), Some(10));
        assert_eq!(n.name(1), Some(12), "serials go round");
        assert_eq!(n.name(0), Some(11), "told of late");
        assert_eq!(n.name(0), None, "told of twice");
        assert_eq!(n.name(77), None, "never asked for");
        assert_eq!(n.name(2), Some(13));
    }

    #[test]
    fn after_a_restart_the_next_report_is_of_the_next_picture() {
        let mut n = Numbering::default();
        n.ask(1);
        n.ask(2);
        assert_eq!(n.name(5), Some(1));
        n.restart();
        assert_eq!(n.name(6), None);
        n.ask(3);
        assert_eq!(n.name(1), Some(3));
    }
}
