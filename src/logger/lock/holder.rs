//! Who holds a lock, as it can be shared: a process of a computer that is known by hashes alone.

use crate::ground::clock::{Clock, MonotonicClock};
use crate::ground::hash::sha256_hex;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The process that holds a lock. Neither computer nor person can be told from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Number of the process on its computer.
    pub process: u32,
    /// When it began, in ticks since its computer was started: numbers of processes come again. None where the system
    /// does not tell.
    pub process_started: Option<u64>,
    /// Sixteen hexadecimal digits of a hash of the number of its system; none where it has no such number.
    pub machine: Option<String>,
    /// The same of the number of this start of its computer.
    pub boot: Option<String>,
    /// When it took the lock: date and time of day with their offset.
    pub begun: String,
}

impl Holder {
    /// This process, at this time of day.
    pub(super) fn own(wall: DateTime<FixedOffset>) -> Holder {
        let process = std::process::id();
        Holder {
            process,
            process_started: process_started(process),
            machine: hashed("/etc/machine-id"),
            boot: hashed("/proc/sys/kernel/random/boot_id"),
            begun: wall.to_rfc3339(),
        }
    }

    /// Whether it is on this computer.
    pub fn is_here(&self) -> bool {
        let same = |own: Option<String>, its: &Option<String>| own.is_some() && own == *its;
        same(hashed("/etc/machine-id"), &self.machine) || self.is_of_this_boot()
    }

    /// Whether it is on this computer, which was not started anew since.
    pub fn is_of_this_boot(&self) -> bool {
        let own = hashed("/proc/sys/kernel/random/boot_id");
        own.is_some() && own == self.boot
    }

    /// Whether the process is there, whose file was last written at that time; none where this computer cannot know.
    pub(super) fn lives(&self, written: Option<DateTime<Utc>>) -> Option<bool> {
        if !self.is_here() {
            return None;
        }
        // A process does not outlive its computer's going down. But computers that were copied from one image have one
        // number, and what was written since this one was started is another's.
        if self.boot.is_some() && !self.is_of_this_boot() {
            let before = written.zip(started()).is_some_and(|(written, started)| written < started);
            return before.then_some(false);
        }
        self.process_started?;
        Some(process_started(self.process) == self.process_started)
    }

    /// As in `begun 10:15:00, process 1234 on this computer`.
    pub fn words(&self) -> String {
        let begun = match DateTime::parse_from_rfc3339(&self.begun) {
            Ok(begun) => begun.format("%H:%M:%S").to_string(),
            Err(_) => "at an unknown time".into(),
        };
        let place = if self.is_here() { "this" } else { "another" };
        format!("begun {begun}, process {} on {place} computer", self.process)
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a holder has only string keys") + "\n"
    }

    pub(super) fn from_json(bytes: &[u8]) -> Option<Holder> {
        serde_json::from_slice(bytes).ok()
    }
}

/// When this computer was started, by its clock; none where the system does not tell.
fn started() -> Option<DateTime<Utc>> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let up: f64 = text.split_whitespace().next()?.parse().ok()?;
    let up = TimeDelta::milliseconds((up * 1e3) as i64);
    MonotonicClock.wall().checked_sub_signed(up).map(|at| at.to_utc())
}

/// When a process began, in ticks since the start of the computer; none where there is no such process, or the system does
/// not tell.
fn process_started(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in brackets, may have spaces and brackets in it.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    // One that has ended and that nobody has asked for is no process any more.
    let state = fields.next()?;
    if state == "Z" || state == "X" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// A hash of what a file of the system says, which cannot be led back to it.
fn hashed(path: &str) -> Option<String> {
    let id = std::fs::read_to_string(path).ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| sha256_hex(format!("reframe lock {id}").as_bytes())[..16].to_string())
}
