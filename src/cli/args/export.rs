//! What can be said to `reframe export`.

use clap::Args;
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// Datasets, all of whose run folders are read, or single run folders
    #[arg(default_value = "logs")]
    pub folders: Vec<PathBuf>,
    /// Write into this dataset instead
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Make a copy of one dataset to give away, in a new folder: all files made again, without run folders and days, and
    /// looked through for names of this computer and its user
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    pub share: Option<PathBuf>,
    /// Where the pictures are, for runs that were begun without keeping them [default: the dataset's own]
    #[arg(long, value_name = "DIR")]
    pub stimuli: Option<PathBuf>,
}
