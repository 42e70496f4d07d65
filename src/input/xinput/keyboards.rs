//! The keyboards of an X server, as they are plugged in and unplugged: who came, who went, and how long one was away. Pure.

use crate::ground::record::Level;
use crate::ground::time::Nanos;
use indexmap::IndexMap;
use x11rb::protocol::xinput::{DeviceType, HierarchyInfo, HierarchyMask};

/// The keyboards that are there, and those that were.
#[derive(Debug, Default)]
pub struct Keyboards {
    there: IndexMap<u16, String>,
    /// Since when the ones that went are away, by name: numbers are given anew.
    away: IndexMap<String, Nanos>,
}

/// What the server tells of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Came(u16),
    Went(u16),
}

/// What happened, of all that an event tells: devices that were not touched are told of as well.
pub fn news(infos: &[HierarchyInfo]) -> Vec<News> {
    let gone = HierarchyMask::SLAVE_REMOVED | HierarchyMask::DEVICE_DISABLED;
    let come = HierarchyMask::SLAVE_ADDED | HierarchyMask::DEVICE_ENABLED;
    let has =
        |info: &HierarchyInfo, mask: HierarchyMask| u32::from(info.flags) & u32::from(mask) != 0;
    let of = |info: &HierarchyInfo| {
        if has(info, gone) {
            return Some(News::Went(info.deviceid));
        }
        let is_keyboard = info.type_ == DeviceType::SLAVE_KEYBOARD;
        (has(info, come) && info.enabled && is_keyboard).then_some(News::Came(info.deviceid))
    };
    infos.iter().filter_map(of).collect()
}

impl Keyboards {
    /// This one is there from the start.
    pub fn know(&mut self, device: u16, name: &str) {
        self.there.insert(device, name.into());
    }

    /// A device came; what there is to say of it, unless it is known already.
    pub fn came(&mut self, now: Nanos, device: u16, name: &str) -> Option<(Level, String)> {
        if self.there.insert(device, name.into()).is_some() {
            return None;
        }
        let text = match self.away.shift_remove(name) {
            Some(since) => {
                let seconds = (now - since).secs();
                format!("keyboard \"{name}\" is there again, after {seconds:.1} s")
            }
            None => format!("keyboard \"{name}\" was plugged in"),
        };
        Some((Level::Info, text))
    }

    /// A device went; what there is to say of it, if it was a keyboard.
    pub fn went(&mut self, now: Nanos, device: u16) -> Option<(Level, String)> {
        let name = self.there.shift_remove(&device)?;
        let text = format!("keyboard \"{name}\" was unplugged: plug it in again");
        self.away.insert(name, now);
        Some((Level::Error, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(
        deviceid: u16,
        type_: DeviceType,
        enabled: bool,
        flags: HierarchyMask,
    ) -> HierarchyInfo {
        HierarchyInfo { deviceid, attachment: 3, type_, enabled, flags }
    }

    const KEYBOARD: DeviceType = DeviceType::SLAVE_KEYBOARD;

    #[test]
    fn of_all_devices_of_an_event_those_are_told_that_came_or_went() {
        let nothing = HierarchyMask::from(0_u32);
        let infos = [
            info(5, KEYBOARD, true, nothing),
            info(9, KEYBOARD, true, HierarchyMask::SLAVE_ADDED | HierarchyMask::DEVICE_ENABLED),
            info(10, DeviceType::SLAVE_POINTER, true, HierarchyMask::DEVICE_ENABLED),
            info(11, KEYBOARD, false, HierarchyMask::SLAVE_ADDED),
            info(12, KEYBOARD, false, HierarchyMask::DEVICE_DISABLED),
            info(13, DeviceType::from(0_u16), false, HierarchyMask::SLAVE_REMOVED),
        ];
        assert_eq!(news(&infos), [News::Came(9), News::Went(12), News::Went(13)]);
    }

    #[test]
    fn a_keyboard_that_is_unplugged_is_told_once_and_again_when_it_is_back() {
        let mut k = Keyboards::default();
        k.know(9, "Dell");
        let (level, text) = k.went(Nanos::from_secs(1.0), 9).unwrap();
        assert_eq!(
            (level, text.as_str()),
            (Level::Error, "keyboard \"Dell\" was unplugged: plug it in again")
        );
        assert_eq!(k.went(Nanos::from_secs(1.1), 9), None, "disabled first, removed then");
        let (_, text) = k.came(Nanos::from_secs(3.5), 12, "Dell").unwrap();
        assert_eq!(text, "keyboard \"Dell\" is there again, after 2.5 s");
        assert_eq!(k.came(Nanos::from_secs(3.6), 12, "Dell"), None, "added first, enabled then");
        let (_, text) = k.came(Nanos::from_secs(4.0), 13, "Other").unwrap();
        assert_eq!(text, "keyboard \"Other\" was plugged in");
        assert_eq!(k.went(Nanos::from_secs(5.0), 40), None, "a mouse");
    }
}
