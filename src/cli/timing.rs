//! `reframe timing`: a self-test of this PC, from arguments to a report as text, data and picture.

#[cfg(feature = "gpu")]
mod files;
#[cfg(feature = "gpu")]
mod live;
#[cfg(feature = "gpu")]
mod machine;
#[cfg(feature = "gpu")]
mod measured;

use super::args::TimingArgs;
use super::failure::{Exit, Failure};

/// Runs the command.
#[cfg(feature = "gpu")]
pub fn run(args: &TimingArgs) -> Result<Exit, Failure> {
    use crate::report::timing::Report;
    let rig = super::load::rig(args.rig.as_deref(), std::path::Path::new(""))?.rig;
    // A minute of measuring must not end with a file that cannot be written.
    let files = files::Files::new(args)?;
    let machine = machine::look();
    let (info, seen) = live::run(args, &rig)?;
    let report = Report::new(measured::of(&info, &seen, &rig, machine));
    super::say(format_args!("{}", report.text()));
    files.write(&report)?;
    Ok(Exit::Done)
}

/// Says that it cannot.
#[cfg(not(feature = "gpu"))]
pub fn run(_: &TimingArgs) -> Result<Exit, Failure> {
    let remedy = "build it with its default features";
    Err(Failure::device("this program was built without a display", remedy))
}
