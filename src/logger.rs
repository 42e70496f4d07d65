//! Everything a run leaves on disk while it runs: its folder, its journal, and the table of who got which
//! allocation. It knows records and file names; it refuses to know what a record means, or what BIDS is.

pub mod allocation;
pub mod disk;
pub mod journal;
pub mod lock;
pub mod returned;
pub mod rundir;
