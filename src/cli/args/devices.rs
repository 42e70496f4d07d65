//! What can be said to `reframe devices`.

use super::{DisplayMode, size};
use crate::rig::trigger::{TriggerSource, trigger_source};
use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct DevicesArgs {
    /// The room: a rig file, or the name of one in protocols/rigs
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// Listen to this too, as `serial:/dev/ttyUSB0@115200` to see what a port sends; may be given several times
    #[arg(long, value_name = "SOURCE", value_parser = trigger_source)]
    pub trigger: Vec<TriggerSource>,
    /// List what is there and end
    #[arg(long)]
    pub list: bool,
    /// End after so many seconds [default: when Escape and Q are held together, or with Ctrl-C]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub seconds: Option<u32>,
    /// End once a source has brought so many pulses
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub pulses: u32,
    /// Where keys are heard: a window has them only while it is in front. With `offscreen` there is none, and keys are not heard
    #[arg(long, value_enum, default_value_t = DisplayMode::Window)]
    pub display: DisplayMode,
    /// Size of the window, in pixels
    #[arg(long, value_name = "WxH", default_value = "800x600", value_parser = size)]
    pub size: (u32, u32),
}
