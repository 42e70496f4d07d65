//! What `reframe run` and `reframe demo` are told.

use super::{
    ClockArg, DisplayMode, FormArgs, ParticipantArg, Photodiode, PictureArgs, PlaceArg, photodiode,
    size,
};
use crate::plan::schema::OnRestart;
use crate::rig::trigger::{TriggerSource, trigger_source};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// The protocol, a TOML file
    pub protocol: PathBuf,
    /// Label of the person: letters and digits
    #[arg(long)]
    pub sub: String,
    /// Label of the visit: letters and digits
    #[arg(long)]
    pub ses: Option<String>,
    /// Number of the run; a run that exists is never overwritten
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=999))]
    pub run: u32,
    /// Go on with the last run, which was interrupted: `continue`, `repeat` or `spare` [default: as the protocol says]
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, conflicts_with = "run")]
    pub resume: Option<Option<RestartArg>>,
    /// The room: a rig file, or the name of one in protocols/rigs
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// The dataset [default: logs, and logs/dryrun for dry runs]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = DisplayMode::Fullscreen)]
    pub display: DisplayMode,
    /// Size of a window or of an offscreen display, in pixels
    #[arg(long, value_name = "WxH", default_value = "800x600", value_parser = size)]
    pub size: (u32, u32),
    /// Monitor for full screen, by name
    #[arg(long, value_name = "NAME")]
    pub monitor: Option<String>,
    /// Photodiode patch: corner and size in pixels, as in `bottom-right:40`, or `none` [default: as the rig says]
    #[arg(long, value_name = "CORNER:PX", value_parser = photodiode)]
    pub photodiode: Option<Photodiode>,
    /// Scanner pulses, instead of the rig's sources; may be given several times. `key:5`, `serial:PORT@115200:5`, `xid:PORT:4`,
    /// `modem:PORT:cts`, `parport:PORT:ack`, `tcp:5000`, `udp:5000`, `lsl:NAME`, `evdev:PATH:5`, `emulate` or `emulate:TR`
    #[arg(long, value_name = "SOURCE", value_parser = trigger_source)]
    pub trigger: Vec<TriggerSource>,
    /// Where the run takes place [default: the scanner if --trigger is given, else as the rig says]
    #[arg(long, value_enum)]
    pub place: Option<PlaceArg>,
    /// Go on with a screen that the check finds unfit (another refresh rate than the rig's, a compositor ...), and
    /// mark the data. Dry runs always do
    #[arg(long)]
    pub any_display: bool,
    /// Run without a sound device: the sounds of the protocol are not played, and the data say so of each
    #[arg(long)]
    pub no_sound: bool,
    /// Seed of all chance in the plan [default: 1, and that of the first part where a run goes on]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Index by which sets and orders are assigned [default: the next free one]
    #[arg(long)]
    pub allocation: Option<u32>,
    #[arg(long, value_enum, default_value_t = ParticipantArg::Human)]
    pub participant: ParticipantArg,
    #[arg(long, value_enum, default_value_t = ClockArg::Real)]
    pub clock: ClockArg,
    #[command(flatten)]
    pub form: FormArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
}

#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// The dataset
    #[arg(long, value_name = "DIR", default_value = "logs/dryrun")]
    pub data: PathBuf,
    #[arg(long, value_enum, default_value_t = DisplayMode::Window)]
    pub display: DisplayMode,
    #[arg(long, value_name = "WxH", default_value = "800x600", value_parser = size)]
    pub size: (u32, u32),
    #[command(flatten)]
    pub form: FormArgs,
}

/// What a run shows that goes on where another was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RestartArg {
    /// What is left, beginning with what was interrupted
    Continue,
    /// All of it again
    Repeat,
    /// All of it again, with spare pictures for those that were seen
    Spare,
}

impl From<RestartArg> for OnRestart {
    fn from(how: RestartArg) -> OnRestart {
        match how {
            RestartArg::Continue => OnRestart::Continue,
            RestartArg::Repeat => OnRestart::Repeat,
            RestartArg::Spare => OnRestart::Spare,
        }
    }
}
