//! What can be said to `reframe markers`.

use clap::Args;

#[derive(Clone, Debug, Args)]
pub struct MarkersArgs {
    /// The room: a rig file, or the name of one in protocols/rigs
    #[arg(value_name = "NAME|FILE")]
    pub rig: String,
}
