//! What can be said on the command line.

mod devices;
mod doctor;
mod emulator;
mod export;
mod markers;
mod protocol;
mod recover;
mod run;

pub use devices::DevicesArgs;
pub use doctor::DoctorArgs;
pub use emulator::EmulatorArgs;
pub use export::ExportArgs;
pub use markers::MarkersArgs;
pub use protocol::{FromEventsArgs, ProtocolArgs, ProtocolCommand};
pub use recover::RecoverArgs;
pub use run::{DemoArgs, RunArgs};

use crate::ground::record::Place;
use crate::rig::patch::{Patch, patch};
use crate::stimuli::make::What;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Shows pictures, faces and words at known moments, records ratings and reaction times, writes BIDS.
#[derive(Clone, Debug, Parser)]
#[command(name = "reframe", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 2 protocol, rig, table or arguments wrong, or the run exists \
already; 3 a device is missing or the display cannot do it; 4 ended by the experimenter or a signal (data kept); \
5 done with data at risk (said how); 101 a defect (the journal is kept).";

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run a task with a person, and write the data.
    Run(RunArgs),
    /// See a whole task with an emulated scanner and a simulated participant; no hardware needed.
    Demo(DemoArgs),
    /// Find every problem of a protocol, and print its timeline.
    Check(CheckArgs),
    /// Simulate a whole study on the virtual clock, into a BIDS dataset.
    Simulate(SimulateArgs),
    /// Write the BIDS files of recorded runs again.
    Export(ExportArgs),
    /// Find runs that were cut off or whose data are elsewhere, and write their BIDS files.
    Recover(RecoverArgs),
    /// Prove that a journal replays to the same records.
    Replay(ReplayArgs),
    /// Send 20 marks to every marker device of a room, and say when each was written.
    Markers(MarkersArgs),
    /// Make pictures.
    Stimuli(StimuliArgs),
    /// Print the keys of a protocol as a JSON Schema, for editors that complete and check while one types.
    Schema,
    /// Draw a figure of a task for a paper: its screens, how long they last, and what is repeated.
    Storyboard(StoryboardArgs),
    /// Make a protocol from another file.
    Protocol(ProtocolArgs),
    /// Test the timing of this PC: screen, onset times, keys and clock. Takes about a minute.
    Timing(TimingArgs),
    /// See what is plugged in, and what arrives when a button is pressed or the scanner pulses.
    Devices(DevicesArgs),
    /// Look at this PC, and say what it lacks for a run and what helps.
    Doctor(DoctorArgs),
    /// Send the pulses of a scanner without one, to try a room: to a made or real serial port, the network, LSL or a key.
    EmulateScanner(EmulatorArgs),
}

/// Where pictures are.
#[derive(Clone, Debug, Default, Args)]
pub struct PictureArgs {
    /// Folder of the stimulus table and its pictures [default: `stimuli` beside the protocol's folder]
    #[arg(long, value_name = "DIR")]
    pub stimuli: Option<PathBuf>,
}

/// In which form a task is given.
#[derive(Clone, Debug, Default, Args)]
pub struct FormArgs {
    /// Language of the texts, as in `de` [default: that of the protocol itself]
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    /// Leave the practice out
    #[arg(long)]
    pub no_practice: bool,
}

#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Protocols, TOML files
    #[arg(required = true)]
    pub protocols: Vec<PathBuf>,
    /// The room for which it is checked
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// Where runs take place; unlike `run`, whatever the rig says
    #[arg(long, value_enum, default_value_t = PlaceArg::Scanner)]
    pub place: PlaceArg,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Language of the texts that are checked [default: all of them]
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    #[command(flatten)]
    pub pictures: PictureArgs,
}

#[derive(Clone, Debug, Args)]
pub struct SimulateArgs {
    /// Protocols, TOML files
    #[arg(required = true)]
    pub protocols: Vec<PathBuf>,
    /// How many people
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=9999))]
    pub subjects: u32,
    /// Labels of the visits, with commas between them
    #[arg(long, value_delimiter = ',')]
    pub sessions: Vec<String>,
    /// Runs of each protocol at each visit
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub runs: u32,
    /// The dataset
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// Where runs take place; unlike `run`, whatever the rig says
    #[arg(long, value_enum, default_value_t = PlaceArg::Scanner)]
    pub place: PlaceArg,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub form: FormArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
}

#[derive(Clone, Debug, Args)]
pub struct ReplayArgs {
    /// Run folders
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub struct StimuliArgs {
    #[command(subcommand)]
    pub command: StimuliCommand,
}

#[derive(Clone, Debug, Subcommand)]
pub enum StimuliCommand {
    /// Make placeholder pictures with their stimulus tables: scenes and schematic faces, each in two matched sets, and shapes;
    /// and two cues to be heard.
    Make {
        /// Folder for the tables and the pictures
        #[arg(long, value_name = "DIR", default_value = "stimuli")]
        out: PathBuf,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Make one kind only: scenes, faces, shapes or sounds
        #[arg(long, value_name = "KIND")]
        only: Option<What>,
    },
    /// Lay all pictures of a stimulus table out on one sheet, to look at a set.
    Sheet {
        /// The stimulus table; its pictures are beside it
        table: PathBuf,
        /// The sheet, a new PNG file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Put pictures together that agree in these columns of the table
        #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
        by: Vec<String>,
        /// Pictures side by side
        #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
        across: u32,
        /// The longer side of each picture, in pixels
        #[arg(long, value_name = "PIXELS", default_value_t = 160, value_parser = clap::value_parser!(u32).range(32..=2000))]
        size: u32,
    },
}

#[derive(Clone, Debug, Args)]
pub struct StoryboardArgs {
    /// The protocol, a TOML file
    pub protocol: PathBuf,
    /// The figure, a new SVG file; a PNG of the same name is made beside it [default: TASK-storyboard.svg]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Size of the participant's screen, in pixels [default: 768 high, in the shape of the rig's screen; without --rig 1024x768]
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<(u32, u32)>,
    /// The room whose screen is shown
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// Where the run takes place; unlike `run`, whatever the rig says
    #[arg(long, value_enum, default_value_t = PlaceArg::Scanner)]
    pub place: PlaceArg,
    /// Seed of the pictures and orders that are drawn
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Language of the texts, as in `de` [default: that of the protocol itself]
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<String>,
    #[command(flatten)]
    pub pictures: PictureArgs,
}

#[derive(Clone, Debug, Args)]
pub struct TimingArgs {
    #[arg(long, value_enum, default_value_t = DisplayMode::Fullscreen)]
    pub display: DisplayMode,
    /// Size of a window or of an offscreen display, in pixels
    #[arg(long, value_name = "WxH", default_value = "800x600", value_parser = size)]
    pub size: (u32, u32),
    /// Monitor for full screen, by name
    #[arg(long, value_name = "NAME")]
    pub monitor: Option<String>,
    /// The room: a rig file, or the name of one in protocols/rigs
    #[arg(long, value_name = "NAME|FILE")]
    pub rig: Option<String>,
    /// About how long the test takes. The less, the less it says
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=600))]
    pub seconds: u32,
    /// Play 50 tones with the patch too, on the sound device of the rig: half a minute more
    #[arg(long)]
    pub sound: bool,
    /// Folder in which a new one, named by the date, gets the report as text, data and picture
    /// [default: timing, unless --json or --picture is given]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The figures and every single value, a new JSON file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The distributions, a new SVG file
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DisplayMode {
    Fullscreen,
    /// A window, for dry runs
    Window,
    /// No screen at all: drawn and timed, but not shown
    Offscreen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlaceArg {
    Scanner,
    Lab,
}

impl From<PlaceArg> for Place {
    fn from(place: PlaceArg) -> Place {
        match place {
            PlaceArg::Scanner => Place::Scanner,
            PlaceArg::Lab => Place::Lab,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ParticipantArg {
    Human,
    Simulated,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClockArg {
    Real,
    /// As fast as the computer can; for simulated participants, shows nothing
    Virtual,
}

/// The photodiode patch that is wanted instead of the rig's, where one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photodiode(pub Option<Patch>);

fn size(text: &str) -> Result<(u32, u32), String> {
    let numbers = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    match numbers {
        Some((w, h)) if (64..=16_384).contains(&w) && (64..=16_384).contains(&h) => Ok((w, h)),
        _ => Err("expected width x height in pixels between 64 and 16384, as in 800x600".into()),
    }
}

fn photodiode(text: &str) -> Result<Photodiode, String> {
    patch(text).map(Photodiode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rig::patch::Corner;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_and_patches_are_read_and_refused() {
        assert_eq!(size("800x600"), Ok((800, 600)));
        assert!(size("800").is_err() && size("8x6").is_err() && size("99999x600").is_err());
        let patch = Patch { corner: Corner::TopLeft, size_px: 40 };
        assert_eq!(photodiode("top-left:40"), Ok(Photodiode(Some(patch))));
        assert_eq!(photodiode("none"), Ok(Photodiode(None)));
        assert!(photodiode("middle:40").is_err());
    }
}
