//! The device that sounds would be played on. It is found, and not opened.

use super::Finding;
use crate::audio::NoSound;
use crate::rig::schema::SoundSetup;

/// Looks for the device of a room; for the system's own where there is none.
pub fn look(setup: Option<&SoundSetup>) -> Vec<Finding> {
    let named = setup.is_some_and(|s| s.device.is_some());
    vec![judge(find(setup.unwrap_or(&SoundSetup::default())), named)]
}

#[cfg(feature = "audio")]
fn find(setup: &SoundSetup) -> Result<String, NoSound> {
    crate::audio::find(setup)
}

#[cfg(not(feature = "audio"))]
fn find(_setup: &SoundSetup) -> Result<String, NoSound> {
    let remedy = "build it with its default features".into();
    Err(NoSound { text: "this program was built without sound".into(), remedy })
}

/// `named`: the room has a device of its own.
fn judge(found: Result<String, NoSound>, named: bool) -> Finding {
    match found {
        Ok(device) => Finding::ok(format!("sounds are played on {device}")),
        Err(e) if named => Finding::missing(e.text, e.remedy),
        Err(e) => Finding::note(format!("{}: tasks with sounds need one", e.text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_device_is_missing_only_where_the_room_names_one() {
        let none = || Err(NoSound { text: "there is none".into(), remedy: "plug it in".into() });
        assert_eq!(judge(Ok("Headphones (alsa)".into()), true).state, State::Ok);
        assert_eq!(judge(none(), false).state, State::Note);
        let missing = judge(none(), true);
        assert_eq!((missing.state, missing.help.as_deref()), (State::Missing, Some("plug it in")));
    }
}
