//! Whether sounds come with their pictures.

use super::{State, Summary, Verdict, verdict};
use crate::report::timing::measured::Sound;

/// Sounds that lie further apart, against their pictures, are worth a look, in milliseconds (SD).
const SPREAD_MS: f64 = 1.5;
/// So far from their pictures on the average.
const APART_MS: f64 = 3.0;

/// What no program can know.
const BEHIND: &str = "what lies behind the device (its amplifier, a tube at the scanner) is not in it: a microphone beside the \
                      photodiode measures that, and `offset` in [sound] of the rig takes it into account";

/// The verdict.
pub fn of(s: &Sound) -> Verdict {
    let item = "sound";
    let device = match (&s.device, &s.host) {
        (Some(device), Some(host)) => format!("on \"{device}\" ({host})"),
        _ => "on a device that did not say how late it is".into(),
    };
    let Some(beside) = Summary::of(&s.sound_minus_picture_ms) else {
        let why = s.errors.first().map_or("the device did not say when", String::as_str);
        let text = format!("none of {} tones is known to have been heard {device}: {why}", s.asked);
        return verdict(item, State::Look, text, "see that the system plays sounds on this device");
    };
    let mut text = format!(
        "{} of {} tones {device}, {:+.3} ms from their pictures (median; SD {:.3})",
        s.played, s.asked, beside.median_ms, beside.sd_ms
    );
    if let (Some(latency), Some(taken)) = (s.latency_ms, s.taken) {
        text.push_str(&format!("; it takes {taken} frames at a time, {latency:.1} ms ahead"));
    }
    let look = |what: String, remedy| verdict(item, State::Look, format!("{text}; {what}"), remedy);
    if !s.silences_ms.is_empty() {
        let what = format!("it ran dry {} times", s.silences_ms.len());
        return look(
            what,
            "close other programs, or write a larger `buffer` into [sound] of the rig",
        );
    }
    if s.played < s.asked {
        let why = s.errors.first().map_or("it did not say when", String::as_str);
        return look(
            format!("not played: {why}"),
            "write a smaller `buffer` into [sound] of the rig, or use another device",
        );
    }
    if beside.sd_ms > SPREAD_MS || beside.median_ms.abs() > APART_MS {
        return look(
            "that is more than an ear and an eye should be apart".into(),
            "connect it by wire (wireless headphones come late), name the device itself as `device` in [sound], and allow real-time priority",
        );
    }
    verdict(item, State::Ok, text, BEHIND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::timing::fixture;

    #[test]
    fn good_sound_is_ok_and_what_spoils_it_is_named() {
        let with = |spoil: fn(&mut Sound)| {
            let mut s = fixture::sound();
            spoil(&mut s);
            let v = of(&s);
            (v.state, format!("{} {}", v.text, v.remedy.unwrap_or_default()))
        };
        let (state, text) = with(|_| {});
        assert_eq!(state, State::Ok);
        assert!(text.contains("50 of 50") && text.contains("microphone"), "{text}");
        for (spoil, part) in [
            ((|s| s.silences_ms = vec![12.0, 3.0]) as fn(&mut Sound), "ran dry 2 times"),
            (|s| (s.played, s.errors) = (49, vec!["late".into()]), "not played: late"),
            (|s| s.sound_minus_picture_ms.iter_mut().step_by(2).for_each(|v| *v += 4.0), "by wire"),
            (|s| s.sound_minus_picture_ms.clear(), "none of 50 tones"),
        ] {
            let (state, text) = with(spoil);
            assert_eq!(state, State::Look, "{part}");
            assert!(text.contains(part), "{text}");
        }
    }
}
