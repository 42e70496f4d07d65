//! What can be said to `reframe recover`.

use clap::Args;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct RecoverArgs {
    /// Datasets [default: logs and logs/dryrun]
    pub data: Vec<PathBuf>,
    /// Only tell what there is; write nothing
    #[arg(long)]
    pub list: bool,
}
