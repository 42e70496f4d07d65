//! What can be said to `reframe doctor`.

use crate::rig::trigger::{TriggerSource, trigger_source};
use clap::Args;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Look at what this room needs too: a rig file, or the name of one in protocols/rigs
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// Look at this trigger too, as `serial:/dev/ttyUSB0@115200:5`; may be given several times
    #[arg(long, value_name = "SOURCE", value_parser = trigger_source)]
    pub trigger: Vec<TriggerSource>,
    /// Where the data are to go
    #[arg(long, value_name = "DIR", default_value = "logs")]
    pub data: PathBuf,
}
