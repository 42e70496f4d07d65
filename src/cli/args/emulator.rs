//! What can be said to `reframe emulate-scanner`.

use crate::ground::time::Nanos;
use crate::trigger::emulator::faults::{Response, responses};
use crate::trigger::emulator::place::{Format, Where};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Clone, Debug, Args)]
#[command(after_help = PLACES)]
pub struct EmulatorArgs {
    /// Where the pulses go, as below; may be given several times
    #[arg(long = "to", value_name = "WHERE", required = true)]
    pub to: Vec<Where>,

    /// Seconds from one volume to the next
    #[arg(long, value_name = "SECONDS", default_value = "2.0", value_parser = seconds::<1, 60_000>, help_heading = SCAN)]
    pub tr: Nanos,
    /// How many volumes there are, not counting dummies [default: no end]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = SCAN)]
    pub volumes: Option<u32>,
    /// Pulses for each volume, for scanners that send one a slice
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=512), help_heading = SCAN)]
    pub slices: u32,
    /// Volumes before the first that counts
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000), help_heading = SCAN)]
    pub dummies: u32,
    /// The dummies send no pulses: their time passes in silence
    #[arg(long, help_heading = SCAN)]
    pub silent_dummies: bool,
    /// Start so many seconds after a program listens everywhere [default: when Enter is pressed]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<0, 3_600_000>, help_heading = SCAN)]
    pub delay: Option<Nanos>,

    /// Pulses come early or late by chance: standard deviation in milliseconds. None is more than six of these away
    #[arg(long, value_name = "MS", default_value = "0", value_parser = millis, help_heading = FAULTS)]
    pub jitter_ms: Nanos,
    /// The scanner's clock is slower than this PC's by so many millionths; negative where it is faster
    #[arg(long, value_name = "PPM", default_value_t = 0.0, allow_negative_numbers = true, value_parser = ppm, help_heading = FAULTS)]
    pub drift_ppm: f64,
    /// This share of the pulses does not come: 0.01 is one in a hundred
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    pub drop: f64,
    /// This share of the pulses comes twice, 5 to 45 ms apart
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    pub double: f64,
    /// So many pulses for each real one come that belong to no volume, at any time
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share, help_heading = FAULTS)]
    pub spurious: f64,
    /// A single pulse first, then silence for so many seconds, then the scan
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<0, 3_600_000>, help_heading = FAULTS)]
    pub false_start: Option<Nanos>,
    /// The scan stops behind this volume
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = FAULTS)]
    pub stop_after: Option<u32>,
    /// A scan that was stopped begins anew after so many seconds, dummies too
    #[arg(long, value_name = "SECONDS", value_parser = seconds::<0, 3_600_000>, requires = "stop_after", help_heading = FAULTS)]
    pub restart_after: Option<Nanos>,
    /// How long each pulse is held. Behind 250 ms it repeats every 33 ms, as a key does that sticks
    #[arg(long, value_name = "MS", default_value = "4", value_parser = hold, help_heading = FAULTS)]
    pub hold_ms: Nanos,
    /// Buttons that are pressed, as in 12.5:1,14:2 (button 1 after 12.5 s, 2 after 14 s), or a file with one on each line
    #[arg(long, value_name = "LIST|FILE", help_heading = FAULTS)]
    pub responses: Option<String>,
    /// The faults that chance makes are the same each time for the same seed
    #[arg(long, default_value_t = 1, help_heading = FAULTS)]
    pub seed: u64,

    /// How pulses stand on pty and serial: as one byte, or as packets of XID response boxes
    #[arg(long, value_enum, default_value_t = FormatArg::Byte, help_heading = LINES)]
    pub format: FormatArg,
    /// The port number in XID packets
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=15), help_heading = LINES)]
    pub xid_port: u8,
    /// What was sent and when, a new text file with tabs between its columns
    #[arg(long, value_name = "FILE", help_heading = LINES)]
    pub log: Option<PathBuf>,
}

const SCAN: &str = "The scan";
const FAULTS: &str = "What goes wrong";
const LINES: &str = "Lines and log";

const PLACES: &str = "\
Places:
  pty                      a made serial port; its path is printed, for the rig file
  pty:LINK                 the same, with a link to it at the path LINK
  serial:PORT[@BAUD][:BYTE]  a real port, as in serial:/dev/ttyUSB0@9600:0x74 or serial:COM3
  tcp:HOST:PORT[=TEXT]     a program that listens there; TEXT and a line end for each pulse
  udp:HOST:PORT[=TEXT]     one datagram for each pulse
  lsl:NAME[=TEXT]          a stream of the Lab Streaming Layer (needs liblsl)
  key:KEY                  presses a key on the X display, as in key:5
BYTE, TEXT and pty's byte are 5 unless told otherwise.

Examples:
  reframe emulate-scanner --to pty --tr 2 --volumes 300
  reframe emulate-scanner --to key:5 --tr 2 --volumes 300 --dummies 5 --delay 10
  reframe emulate-scanner --to tcp:localhost:5005 --drop 0.01 --double 0.01 --log pulses.tsv

Ctrl-C ends it; the log is whole then too.";

/// How pulses stand on a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Byte,
    /// Packets of 6 bytes, with a key from 0 to 7
    Xid6,
    /// Packets of 9 bytes, with a key from 0 to 7
    Xid9,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Format {
        match format {
            FormatArg::Byte => Format::Byte,
            FormatArg::Xid6 => Format::Xid6,
            FormatArg::Xid9 => Format::Xid9,
        }
    }
}

impl EmulatorArgs {
    /// The script of responses: what is written in the command line, or in the file that is named there.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub fn script(&self) -> Result<Vec<Response>, String> {
        let Some(written) = &self.responses else { return Ok(vec![]) };
        let starts_with_time =
            written.split_once(':').is_some_and(|(time, _)| time.trim().parse::<f64>().is_ok());
        if starts_with_time {
            return responses(written);
        }
        let text = std::fs::read_to_string(written);
        let text = text.map_err(|e| format!("cannot read the responses in {written:?}: {e}"))?;
        responses(&text).map_err(|e| format!("{written}: {e}"))
    }
}

/// Seconds between these, which are told in milliseconds.
fn seconds<const LEAST_MS: i64, const MOST_MS: i64>(text: &str) -> Result<Nanos, String> {
    let (least, most) = (LEAST_MS as f64 / 1e3, MOST_MS as f64 / 1e3);
    let read = text.parse::<f64>().ok().filter(|s| (least..=most).contains(s));
    read.map(Nanos::from_secs).ok_or_else(|| format!("expected seconds from {least} to {most}"))
}

fn millis(text: &str) -> Result<Nanos, String> {
    let read = text.parse::<f64>().ok().filter(|ms| (0.0..=60_000.0).contains(ms));
    let read = read.ok_or("expected milliseconds from 0 to 60000")?;
    Ok(Nanos::from_secs(read / 1e3))
}

/// Without an end a pressed key would stay down.
fn hold(text: &str) -> Result<Nanos, String> {
    let held = millis(text)?;
    match held >= Nanos(100_000) {
        true => Ok(held),
        false => Err("expected milliseconds from 0.1 on".into()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|s| (0.0..=1.0).contains(s));
    read.ok_or_else(|| "expected a share from 0 to 1; 0.01 is one in a hundred".into())
}

fn ppm(text: &str) -> Result<f64, String> {
    let read = text.parse::<f64>().ok().filter(|p| p.abs() <= 10_000.0);
    read.ok_or_else(|| "expected millionths from -10000 to 10000".into())
}
