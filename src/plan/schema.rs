//! The plan as data: saved as `plan.json` in the run folder, and hashed into the journal's first line.

pub use super::parts::Restart;
pub use super::volumes::{Pulses, VolumeSetup};

pub use crate::ground::cue::{Cue, SoundSource, Stop, Tone};
use crate::ground::hash::sha256_hex;
use crate::ground::recipe::Made;
use crate::ground::record::Place;
use crate::ground::scene::{Rgb, Scene, StimulusId};
use crate::ground::time::Nanos;
pub use crate::protocol::schema::{NO_PRESS, OnRestart};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The longest saved plan that is read, in bytes.
pub const LONGEST_PLAN: u64 = 256 << 20;

/// A run in which every choice has been made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunPlan {
    pub version: u32,
    pub who: Who,
    pub task: TaskDoc,
    pub background: Rgb,
    pub volumes: VolumeSetup,
    pub segments: Vec<Segment>,
    /// Every picture that is shown, in order of first use.
    pub pictures: IndexMap<StimulusId, PictureRef>,
    /// Moments with a row of no duration; nothing is shown. Their onsets count from onset zero, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Phase>,
    /// Those that scenes show changed, by the names that scenes have for them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub made: IndexMap<StimulusId, Made>,
    /// Every sound that is played, in order of first use.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub sounds: IndexMap<String, SoundSource>,
    /// Files of pictures that the person had seen in earlier runs, whether or not this one shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<String>,
    /// What this run goes on with, where it was started again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restart>,
}

/// Whose run it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Who {
    pub sub: String,
    pub ses: Option<String>,
    pub run: u32,
    /// Index by which sets, halves and hands are assigned, from 0.
    pub allocation: u32,
    /// How many visits this person had before, from 0.
    pub visit: u32,
    pub seed: u64,
    pub place: Place,
    /// The language of the texts: `en`.
    pub language: String,
}

/// What BIDS wants to know of the task, and what its rows hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDoc {
    pub name: String,
    pub title: String,
    pub description: String,
    pub instructions: String,
    pub status: String,
    pub cog_atlas_id: Option<String>,
    pub cog_po_id: Option<String>,
    /// `trial_type` values of the whole protocol with description and HED.
    pub trial_types: IndexMap<String, TrialTypeText>,
    /// Columns that phases of the whole protocol add, in order.
    pub columns: IndexMap<String, ColumnText>,
    /// Scales of the whole protocol, by name.
    pub scales: IndexMap<String, ScaleText>,
    /// Whether any phase of the whole protocol takes button answers.
    pub has_buttons: bool,
    /// Whether buttons stand for answers of other names (`left` for `female`) in any phase of the whole protocol.
    pub has_given: bool,
    /// Whether any phase of the whole protocol with a row has sounds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_sounds: bool,
    /// Whether any phase of the whole protocol shows pictures from the stimulus table.
    pub has_pictures: bool,
    /// Whether any picture of the table may not be shared and is named by identifier and database instead.
    pub has_unshared: bool,
}

/// A `trial_type` for the sidecar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialTypeText {
    pub description: String,
    pub hed: String,
}

/// A column for the sidecar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnText {
    pub description: String,
    pub units: Option<String>,
    #[serde(default)]
    pub levels: IndexMap<String, String>,
}

/// A scale for the sidecar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaleText {
    pub question: String,
    pub left: f64,
    pub right: f64,
    pub anchors: Vec<String>,
    pub higher_means: String,
    pub unit: Option<String>,
    /// `visual analogue scale`, `Likert scale`, `self-assessment manikin (valence)`.
    pub kind: String,
    /// Words of its points from left to right, empty for a line.
    pub labels: Vec<String>,
    /// How many points it has; none for a line.
    pub points: Option<u32>,
    /// Whether it is rated while other things are shown.
    pub continuous: bool,
    /// Whether it runs from right to left for some people.
    pub reversible: bool,
}

/// A stretch of time with one anchor; onsets within it are absolute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub anchor: Anchor,
    pub phases: Vec<Phase>,
}

/// What starts a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// The run itself.
    Start,
    /// The first counted pulse of the scanner.
    Trigger,
    /// The key that ended the phase before.
    Response,
    /// No key came within the time of the phase before: in journals only, where the plan says [`Anchor::Response`].
    Limit,
    /// The volume that the phase before waited for.
    Volume,
    /// The first pulse was a false start: in journals only, for the screen that waits for the scanner once more.
    FalseStart,
}

impl Anchor {
    /// The name that stands in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Trigger => "trigger",
            Anchor::Response => "response",
            Anchor::Limit => "limit",
            Anchor::Volume => "volume",
            Anchor::FalseStart => "false_start",
        }
    }
}

/// One screen for one stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Place in the whole run, from 0.
    pub index: u32,
    /// The name in the protocol.
    pub name: String,
    /// Planned onset, from the anchor of its segment.
    pub onset: Nanos,
    pub length: Length,
    /// How long it waits for a key at most, where a key ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Nanos>,
    /// What is shown. A scale stands in it with its starting marker.
    pub scene: Scene,
    pub response: Option<ResponseWindow>,
    pub scale: Option<Scale>,
    pub row: Option<Row>,
    pub mark: bool,
    /// The code that marker devices are sent with its first frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_code: Option<u8>,
    /// What is heard with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sounds: Vec<Cue>,
    /// Part of the practice: never counted, without a row.
    pub practice: bool,
    /// Keys that begin the practice anew instead of going on.
    pub again: Option<Again>,
    /// The values of all variables, for simulation and reports.
    pub variables: IndexMap<String, String>,
}

/// What begins the practice anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// Meanings of the keys; none of them is among those that go on.
    pub keys: Vec<String>,
    /// The segment that the practice begins with.
    pub segment: u32,
}

/// How long a phase lasts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Until the absolute onset plus this span.
    Time(Nanos),
    /// So many refreshes from its own first frame; `nominal` is what it takes in the schedule.
    Frames {
        frames: u32,
        nominal: Nanos,
        /// They stand for a time: another screen needs more or fewer of them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        timed: bool,
    },
    UntilResponse,
    UntilTrigger,
    /// Until so many further volumes have begun.
    UntilVolume {
        volumes: u32,
    },
}

impl Length {
    /// The time it takes in the schedule; none where the person or the scanner decides.
    pub fn nominal(self) -> Option<Nanos> {
        match self {
            Length::Time(t) => Some(t),
            Length::Frames { nominal, .. } => Some(nominal),
            Length::UntilResponse | Length::UntilTrigger | Length::UntilVolume { .. } => None,
        }
    }
}

/// Which keys count as an answer, and until when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponseWindow {
    /// Meanings that count.
    pub keys: Vec<String>,
    /// What each of them stands for in this run; empty where they stand for themselves.
    pub answers: IndexMap<String, String>,
    /// The right answer: one of `answers`, or of `keys` where those are empty; or [`NO_PRESS`].
    pub correct: Option<String>,
    /// A press sooner than this after the onset is an anticipation and no answer to what is shown; the limit itself is none.
    pub anticipation: Nanos,
    /// From the final onset; `None` for as long as the phase is shown.
    pub window: Option<Nanos>,
}

/// A scale with its start drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// Its name in the protocol.
    pub name: String,
    /// How many points the marker can stand on; none where it can stand anywhere.
    pub points: Option<u32>,
    /// Value at the left end as it stands on the screen of this run.
    pub left: f64,
    pub right: f64,
    /// It runs the other way round than the protocol writes it; `left` and `right` are exchanged already.
    pub reversed: bool,
    /// Starting position, 0 to 1; on one of the points where it has any.
    pub start: f64,
    /// Empty where no key moves the marker that way, as beside `picks`.
    pub key_left: String,
    pub key_right: String,
    pub key_confirm: Option<String>,
    /// Meanings that put the marker on a point at once, with the point (from 0 at the left).
    pub picks: IndexMap<String, u32>,
    /// Such a key confirms as well.
    pub pick_confirms: bool,
    /// Share of the line that one press moves; with points it is one point.
    pub step: f64,
    pub delay: Nanos,
    pub speed: f64,
    pub acceleration: f64,
    pub top_speed: f64,
    /// With points: time from one step to the next while a key is held.
    pub repeat: Nanos,
    pub countdown: Option<Nanos>,
    /// Whether a mouse or trackball moves it, where the rig has one.
    pub pointer: bool,
    /// Rated while other things are shown: it cannot be confirmed and goes on from phase to phase.
    pub continuous: bool,
    /// Its marker sets how loud all sounds are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub volume: bool,
    /// The marker goes on from the phase before, which shows the same scale.
    pub continues: bool,
}

impl Scale {
    /// Meanings of the keys that move or confirm it.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        let moves = [&self.key_left, &self.key_right];
        moves.into_iter().chain(&self.key_confirm).chain(self.picks.keys())
    }

    /// The value at a marker position (0 to 1): left + position * (right - left), with points the value of the nearest.
    pub fn value(&self, position: f64) -> f64 {
        let span = self.right - self.left;
        match self.points {
            Some(points) => {
                let last = f64::from((points - 1).max(1));
                self.left + (position * last).round() * span / last
            }
            None => self.left + position * span,
        }
    }
}

/// What a phase puts into its row of the events file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub trial_type: String,
    pub picture: Option<StimulusId>,
    /// Cells by column; absent columns are `n/a`.
    pub columns: IndexMap<String, String>,
}

/// A picture of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureRef {
    /// Relative to the stimuli folder.
    pub file: String,
    pub share: bool,
    pub database: Option<String>,
}

impl Phase {
    /// Meanings of the keys that it listens to.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        let asks = self.response.iter().flat_map(|r| &r.keys);
        asks.chain(self.scale.iter().flat_map(Scale::keys))
    }
}

impl RunPlan {
    /// All phases in order.
    pub fn phases(&self) -> impl Iterator<Item = &Phase> {
        self.segments.iter().flat_map(|s| &s.phases)
    }

    /// Files of the pictures that are shown outside practice.
    pub fn counted_pictures(&self) -> impl Iterator<Item = &String> {
        let phases = self.phases().filter(|p| !p.practice);
        let originals = phases.flat_map(|p| p.scene.pictures()).map(|id| self.original(id));
        originals.filter_map(|id| self.pictures.get(id)).map(|p| &p.file)
    }

    /// The picture of the stimulus table that a picture of a scene is, or is made of.
    pub fn original<'a>(&'a self, id: &'a StimulusId) -> &'a StimulusId {
        self.made.get(id).map_or(id, |m| &m.of)
    }

    /// The saved form: indented JSON with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut s = serde_json::to_string_pretty(self).expect("a plan has only string keys");
        s.push('\n');
        s
    }

    /// The hash of the saved form.
    pub fn sha256(&self) -> String {
        sha256_hex(self.to_json().as_bytes())
    }

    /// The segment that holds onset zero: the one anchored to the trigger; else the first in which something has a row, so
    /// that none lies before zero; else the longest timed one that is no practice.
    pub fn zero_segment(&self) -> usize {
        let timed = |s: &Segment| {
            s.phases.iter().filter_map(|p| p.length.nominal()).map(|n| n.0).sum::<i64>()
        };
        (0..self.segments.len())
            .max_by_key(|&i| {
                let s = &self.segments[i];
                let counts = s.phases.iter().any(|p| !p.practice);
                let rows = s.phases.iter().any(|p| p.row.is_some());
                let length = if rows { 0 } else { timed(s) };
                (s.anchor == Anchor::Trigger, rows, counts, length, std::cmp::Reverse(i))
            })
            .unwrap_or(0)
    }
}
