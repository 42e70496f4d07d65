//! `reframe demo`: the minute form of the reappraisal blocks with made pictures, an emulated scanner and a
//! simulated participant. The only file that names a paradigm: it is what a newcomer sees first.

use super::args::{ClockArg, DemoArgs, ParticipantArg, PictureArgs, PlaceArg, RunArgs};
use super::failure::{Exit, Failure};
use super::run::run as run_task;
use crate::logger::rundir::{RunName, next_free_run};
use crate::rig::schema::TriggerSource;
use std::path::Path;

const PROTOCOL: &str = "protocols/reappraisal-minute.toml";
const TASK: &str = "reappraisalminute";

/// Runs the demo under the next free run number of `sub-demo`.
pub fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    let protocol = Path::new(PROTOCOL);
    if !protocol.is_file() {
        let text = format!("{PROTOCOL} is not here");
        return Err(Failure::wrong(text).help("run the demo in the folder of the program's source"));
    }
    let name = RunName {
        sub: "demo".parse().expect("a label"),
        ses: None,
        task: TASK.parse().expect("a label"),
        dry_run: true,
        run: 1,
    };
    let number = next_free_run(&args.data, &name)
        .map_err(|e| Failure::wrong(format!("cannot read {}: {e}", args.data.display())))?;
    eprintln!("about one minute; hold Escape and Q together and press O to end it");
    run_task(&RunArgs {
        protocol: protocol.to_path_buf(),
        sub: "demo".into(),
        ses: None,
        run: number,
        resume: None,
        rig: None,
        data: Some(args.data.clone()),
        display: args.display,
        size: args.size,
        monitor: None,
        photodiode: None,
        trigger: vec![TriggerSource::Emulate(None)],
        place: Some(PlaceArg::Scanner),
        any_display: false,
        no_sound: false,
        seed: None,
        allocation: None,
        participant: ParticipantArg::Simulated,
        clock: ClockArg::Real,
        form: args.form.clone(),
        pictures: PictureArgs::default(),
    })
}
