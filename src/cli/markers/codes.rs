//! Whether the marks of a task and those of a room can be told apart: a code means one thing on every device.

use crate::cli::failure::Failure;
use crate::plan::schema::RunPlan;
use crate::protocol::schema::Protocol;
use crate::rig::schema::Rig;

/// Refuses a code of a phase that a device of the room has for something else.
pub fn check(protocol: &Protocol, plan: &RunPlan, rig: &Rig) -> Result<(), Failure> {
    let written = (protocol.phases.iter()).flat_map(|(name, p)| {
        p.marker.iter().flat_map(move |m| m.written().map(move |c| (name, c)))
    });
    let planned = plan.phases().filter_map(|p| Some((&p.name, p.event_code?)));
    let mut clashes: Vec<String> = Vec::new();
    for (phase, code) in written.chain(planned) {
        for device in &rig.markers {
            let rest = device.to.has_level().then_some(("rest", device.rest));
            let mut own = device.own_codes().chain(rest);
            let Some((key, _)) = own.find(|(_, own)| *own == code) else { continue };
            let text = format!("phase \"{phase}\" sends {code}, which is `{key}` of {}", device.to);
            if !clashes.contains(&text) {
                clashes.push(text);
            }
        }
    }
    if clashes.is_empty() {
        return Ok(());
    }
    let text = format!("marker codes cannot be told apart: {}", clashes.join("; "));
    let remedy = "change `marker` of the phase, or the code in [[marker]] of the rig";
    Err(Failure::wrong(text).help(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::diagnostic::Source;
    use crate::ground::record::Place;
    use crate::plan::compile::compile;
    use crate::plan::schema::{VolumeSetup, Who};

    fn checked(marker: &str, rig: &str) -> Result<(), Failure> {
        let text = format!(
            "sequence = [\"all\"]\n[task]\nname = \"t\"\n[factor.emotion.happy]\ncode = 7\n[factor.emotion.sad]\ncode = 8\n\
             [block.all]\neach = [\"emotion\"]\ncontents = [\"show\"]\n[phase.show]\nduration = 1\nmarker = {marker}\n"
        );
        let source = Source { path: "t.toml".into(), text };
        let parsed = crate::protocol::parse::parse(&source);
        let protocol = parsed.unwrap_or_else(|p| panic!("{}", source.render(&p, false))).protocol;
        let source = Source { path: "r.toml".into(), text: rig.into() };
        let (rig, _) = crate::rig::parse::parse(&source).expect("a rig");
        let who = Who {
            sub: "01".into(),
            ses: None,
            run: 1,
            allocation: 0,
            visit: 0,
            seed: 1,
            place: Place::Lab,
            language: "en".into(),
        };
        let plan = compile(&protocol, None, &who, VolumeSetup::default(), 60.0).expect("a plan");
        check(&protocol, &plan, &rig)
    }

    #[test]
    fn a_code_that_means_something_else_in_the_room_is_refused_however_it_is_written() {
        let rig = "[[marker]]\nto = \"serial:COM3\"\nstart = 7\nvolumes = 9\nrest = 3";
        assert_eq!(checked("12", rig), Ok(()));
        assert_eq!(checked("7", ""), Ok(()));
        for marker in ["7", "\"{code}\"", "{ emotion = { happy = 7, sad = 1 } }", "3", "9"] {
            let why = checked(marker, rig).expect_err(marker);
            assert!(why.text.contains("serial:COM3@9600"), "{why}");
        }
        let text = "[[marker]]\nto = \"lsl:R\"\nstop = 12";
        assert!(checked("12", text).expect_err("it ends the run").text.contains("`stop` of lsl:R"));
        assert_eq!(checked("7", "[[marker]]\nto = \"lsl:R\""), Ok(()), "text has no level");
    }
}
