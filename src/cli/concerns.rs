//! What the check of a screen found, as it is told to a person.

use crate::ground::record::{Concern, DisplayInfo};
use crate::rig::schema::Rig;

/// What the check of the screen found, in words: what it is, and what helps.
pub fn words(what: Concern, info: &DisplayInfo, rig: &Rig) -> (String, &'static str) {
    let hz = info.refresh_hz;
    let says =
        |who: &str, hz: Option<f64>| hz.map_or(String::new(), |hz| format!("{who}{hz:.2} Hz"));
    match what {
        Concern::UnlikeRig => (
            format!(
                "the screen refreshes at {hz:.2} Hz and the rig expects {}",
                says("", rig.screen.refresh_hz)
            ),
            "choose that mode in the display settings, or correct `refresh` in the rig",
        ),
        Concern::UnlikeMode => (
            format!("the screen refreshes at {hz:.2} Hz{}", says(", and its mode says ", info.mode_hz)),
            "set the mode of the screen anew in the display settings, and run `reframe timing`",
        ),
        Concern::HalfRate => (
            format!(
                "pictures come on every second refresh of the screen only{}",
                says(", which claims ", info.mode_hz.or(rig.screen.refresh_hz))
            ),
            "close other programs, turn compositing off, choose a smaller screen mode",
        ),
        Concern::VariableRefresh => (
            "pictures do not come on regular refreshes of the screen".into(),
            "turn variable refresh off (FreeSync, G-Sync, VRR), or use full screen on X11",
        ),
        Concern::Unpaced => (
            "the graphics driver does not wait for the screen: flips are paced by a timer, and pictures may tear".into(),
            "use the driver of a graphics card, with vertical synchronisation turned on",
        ),
        Concern::Compositor => (
            "a compositor stands between the program and the screen, and decides when pictures appear".into(),
            "use full screen on X11 with compositing turned off",
        ),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ground::record::Basis;
    use crate::ground::time::Nanos;

    pub(in crate::cli) fn info(concerns: Vec<Concern>) -> DisplayInfo {
        DisplayInfo {
            mode: "fullscreen".into(),
            monitor: None,
            width_px: 1920,
            height_px: 1080,
            refresh_hz: 75.0,
            mode_hz: Some(144.0),
            jitter_ns: None,
            paced: true,
            basis: Basis::X11Present,
            concerns,
            adapter: String::new(),
            driver: String::new(),
            offset_ns: Nanos::ZERO,
            lengths: None,
        }
    }

    #[test]
    fn every_concern_says_what_helps() {
        let all = [
            Concern::UnlikeRig,
            Concern::UnlikeMode,
            Concern::HalfRate,
            Concern::VariableRefresh,
            Concern::Unpaced,
            Concern::Compositor,
        ];
        for what in all {
            let (text, remedy) = words(what, &info(vec![]), &Rig::default());
            assert!(text.len() > 20 && remedy.len() > 20, "{what:?}");
            assert!(!text.ends_with("expects") || what == Concern::UnlikeRig, "{text}");
        }
    }
}
