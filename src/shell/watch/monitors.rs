//! The monitors of an X server by the names of their outputs, and what there is to say when the window's own goes or comes
//! back.

use crate::ground::record::Level;
use crate::ground::time::Nanos;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

/// The names of the monitors that show something now, as the window library gives them too. Empty where the server does not
/// tell.
pub fn names(connection: &RustConnection, root: Window) -> Vec<String> {
    let asked = || {
        let all = connection.randr_get_screen_resources_current(root).ok()?.reply().ok()?;
        let name = |crtc: &u32| {
            let at = all.config_timestamp;
            let crtc = connection.randr_get_crtc_info(*crtc, at).ok()?.reply().ok()?;
            let output = *crtc.outputs.first().filter(|_| crtc.width > 0 && crtc.height > 0)?;
            let output = connection.randr_get_output_info(output, at).ok()?.reply().ok()?;
            Some(String::from_utf8_lossy(&output.name).into_owned())
        };
        Some(all.crtcs.iter().filter_map(name).collect())
    };
    asked().unwrap_or_default()
}

/// Where the window belongs, and since when that is gone.
#[derive(Debug)]
pub struct Monitors {
    own: Option<String>,
    gone: Option<Nanos>,
}

/// What there is to say, and which monitor to fill now.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    pub level: Level,
    pub text: String,
    pub fill: Option<String>,
}

impl Monitors {
    /// A window on a monitor. One that the server does not name is never missed.
    pub fn new(own: Option<String>, there: Vec<String>) -> Monitors {
        Monitors { own: own.filter(|own| there.contains(own)), gone: None }
    }

    /// These monitors are there now.
    pub fn turn(&mut self, now: Nanos, there: Vec<String>, fullscreen: bool) -> Option<Change> {
        let own = self.own.clone()?;
        match (self.gone, there.contains(&own)) {
            (None, false) => {
                self.gone = Some(now);
                let fill = there.into_iter().next().filter(|_| fullscreen);
                let then = match &fill {
                    Some(other) => format!("the window goes on on \"{other}\""),
                    None => "the run goes on, and nobody sees it".into(),
                };
                let text =
                    format!("monitor \"{own}\" is gone: {then}; plug it in and switch it on");
                Some(Change { level: Level::Error, text, fill })
            }
            (Some(since), true) => {
                self.gone = None;
                let seconds = (now - since).secs();
                let text = format!("monitor \"{own}\" is there again, after {seconds:.1} s");
                Some(Change { level: Level::Info, text, fill: Some(own).filter(|_| fullscreen) })
            }
            (None, true) | (Some(_), false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|n| n.to_string()).collect()
    }

    #[test]
    fn a_full_screen_goes_on_on_the_monitor_that_is_left_and_comes_back() {
        let mut m = Monitors::new(Some("DP-1".into()), names(&["DP-1", "DP-2"]));
        let at = Nanos::from_secs;
        assert_eq!(m.turn(at(1.0), names(&["DP-1"]), true), None, "another has gone");
        let gone = m.turn(at(2.0), names(&["DP-2"]), true).unwrap();
        assert_eq!((gone.level, gone.fill.as_deref()), (Level::Error, Some("DP-2")));
        assert!(gone.text.contains("\"DP-1\" is gone: the window goes on on \"DP-2\""));
        assert_eq!(m.turn(at(3.0), names(&["DP-2"]), true), None, "it is known");
        let back = m.turn(at(4.5), names(&["DP-1", "DP-2"]), true).unwrap();
        assert_eq!(back.fill.as_deref(), Some("DP-1"));
        assert!(back.text.ends_with("after 2.5 s"), "{}", back.text);
    }

    #[test]
    fn a_window_stays_where_it_is_and_one_without_any_monitor_is_told_too() {
        let mut m = Monitors::new(Some("DP-1".into()), names(&["DP-1", "DP-2"]));
        let gone = m.turn(Nanos::ZERO, names(&["DP-2"]), false).unwrap();
        assert_eq!(gone.fill, None);
        let mut alone = Monitors::new(Some("DP-1".into()), names(&["DP-1"]));
        let gone = alone.turn(Nanos::ZERO, vec![], true).unwrap();
        assert!(gone.fill.is_none() && gone.text.contains("nobody sees it"), "{}", gone.text);
        let mut unnamed = Monitors::new(None, names(&["DP-1"]));
        assert_eq!(unnamed.turn(Nanos::ZERO, vec![], true), None);
    }
}
