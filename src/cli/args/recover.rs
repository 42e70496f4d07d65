//! What can be said to `reframe recover`.

use clap::Args;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct RecoverArgs {
    /// Datasets [default: logs and logs/dryrun]
    pub data: Vec<PathBuf>,
    /// A dataset, as for `reframe run`
    #[arg(long = "data", value_name = "DIR", id = "named")]
    pub named: Vec<PathBuf>,
    /// Only tell what there is; write nothing
    #[arg(long)]
    pub list: bool,
}

impl RecoverArgs {
    /// The datasets that were named, in whatever way.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.data.iter().chain(&self.named)
    }
}
