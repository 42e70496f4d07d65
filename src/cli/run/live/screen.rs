//! The screen as it was found, held against what the rig expects of it.

use crate::cli::failure::Failure;
use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::record::{DisplayInfo, Level};
use crate::ground::time::Nanos;
use crate::rig::schema::Rig;
use crate::session::live::Ready;

fn near(found: f64, hz: f64) -> bool {
    (found / hz - 1.0).abs() < 0.01
}

/// Refuses a refresh rate that the rig does not expect, or says so where any may be: durations are checked, and
/// counted in frames, at the rig's.
pub fn refresh(found: f64, rig: &Rig, any: bool) -> Result<Option<String>, Failure> {
    let Some(expected) = rig.screen.refresh_hz.filter(|hz| !near(found, *hz)) else {
        return Ok(None);
    };
    let text =
        format!("the screen refreshes at {found:.2} Hz and the rig expects {expected:.2} Hz");
    let remedy = "choose that mode in the display settings, or correct `refresh` in the rig";
    if any {
        return Ok(Some(format!("{text}: {remedy}")));
    }
    Err(Failure::device(text, format!("{remedy}; --any-refresh goes on all the same")))
}

/// Applies the rig's photodiode correction where it was measured in this screen mode, and says where the screen
/// is not what the rig expects.
pub fn correct(mut ready: Ready, rig: &Rig, warnings: Vec<String>) -> Ready {
    let now = MonotonicClock.now();
    let info = &mut ready.info;
    let mut said = warnings;
    if let Some(offset) = &rig.offset {
        let (width, height, hz) = offset.mode;
        if (width, height) == (info.width_px, info.height_px) && near(info.refresh_hz, hz) {
            info.offset_ns = Nanos::from_secs(offset.seconds);
        } else {
            said.push(format!(
                "the rig's offset of {} was measured at {width} x {height}, {hz} Hz, and is not applied to {} x {}, \
                 {:.2} Hz: measure it again in this mode",
                offset.measured, info.width_px, info.height_px, info.refresh_hz
            ));
        }
    }
    for text in said {
        eprintln!("warning: {text}");
        ready.notes.push((now, Level::Warning, text));
    }
    ready
}

/// The screen in words.
pub fn words(info: &DisplayInfo) -> String {
    let pacing =
        if info.paced { "flips wait for the screen" } else { "flips are paced by a timer" };
    let monitor = info.monitor.as_deref().unwrap_or("no monitor");
    format!(
        "screen: {} on {monitor}, {} x {} at {:.2} Hz, {pacing}; onsets by {}; {}",
        info.mode,
        info.width_px,
        info.height_px,
        info.refresh_hz,
        info.basis.name(),
        info.adapter
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Exit;

    #[test]
    fn another_refresh_rate_than_the_rigs_is_refused_unless_any_may_be() {
        let mut rig = Rig::default();
        assert_eq!(refresh(75.0, &rig, false), Ok(None));
        rig.screen.refresh_hz = Some(60.0);
        assert_eq!(refresh(59.94, &rig, false), Ok(None));
        let refused = refresh(75.0, &rig, false).unwrap_err();
        assert_eq!(refused.exit, Exit::Device);
        assert!(refused.remedy.unwrap().contains("--any-refresh"));
        let said = refresh(75.0, &rig, true).unwrap().unwrap();
        assert!(said.contains("75.00 Hz") && said.contains("60.00 Hz"), "{said}");
    }
}
