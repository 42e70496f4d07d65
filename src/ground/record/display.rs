//! What the journal says of a screen: how it was found, what is wrong with it, and how onsets on it are known.

use crate::ground::scene::Lengths;
use crate::ground::time::Nanos;
use serde::{Deserialize, Serialize};

/// How an onset time is known, from the most to the least trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Wayland `wp_presentation` feedback.
    WpPresentation,
    /// X11 Present CompleteNotify of our own picture.
    X11Present,
    /// Windows DXGI frame statistics.
    DxgiStatistics,
    /// The return of `vkWaitForPresentKHR`: the driver's word that the picture is on the screen.
    PresentWait,
    /// One X round trip right after `present`, where the driver was seen to copy through the X socket.
    X11Roundtrip,
    /// The first tick of the X server's counter (PresentNotifyMSC) after `present` returned, where nothing says
    /// that the picture was on it.
    X11Msc,
    /// The processor's time after `present` returned: an estimate.
    Estimate,
    /// The virtual clock of a simulation or of an offscreen run.
    Virtual,
}

impl Basis {
    /// The name that stands in data files.
    pub fn name(self) -> &'static str {
        match self {
            Basis::WpPresentation => "wp-presentation",
            Basis::X11Present => "x11-present",
            Basis::DxgiStatistics => "dxgi-statistics",
            Basis::PresentWait => "present-wait",
            Basis::X11Roundtrip => "x11-roundtrip",
            Basis::X11Msc => "x11-msc",
            Basis::Estimate => "estimate",
            Basis::Virtual => "virtual",
        }
    }

    /// Whether somebody who can know says when the picture was there; the rest is reckoned.
    pub fn is_confirmed(self) -> bool {
        !matches!(self, Basis::X11Msc | Basis::Estimate | Basis::Virtual)
    }
}

/// What the check at the start found wrong with a screen. A run that goes on all the same is marked with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// It refreshes at another rate than the rig expects.
    UnlikeRig,
    /// It refreshes at another rate than its mode says.
    UnlikeMode,
    /// It shows every second refresh only.
    HalfRate,
    /// Pictures do not appear on a regular row of refreshes.
    VariableRefresh,
    /// The swap chain does not wait for the screen.
    Unpaced,
    /// A compositor stands between the program and the screen.
    Compositor,
}

impl Concern {
    /// The name that stands in data files.
    pub fn name(self) -> &'static str {
        match self {
            Concern::UnlikeRig => "unlike-rig",
            Concern::UnlikeMode => "unlike-mode",
            Concern::HalfRate => "half-rate",
            Concern::VariableRefresh => "variable-refresh",
            Concern::Unpaced => "unpaced",
            Concern::Compositor => "compositor",
        }
    }
}

/// The screen as it was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisplayInfo {
    /// `window`, `fullscreen`, `offscreen` or `virtual`.
    pub mode: String,
    pub monitor: Option<String>,
    pub width_px: u32,
    pub height_px: u32,
    /// The measured refresh rate in hertz, or the pacing rate where flips are not paced.
    pub refresh_hz: f64,
    /// The rate that the screen's mode claims, in hertz, where it says one.
    #[serde(default)]
    pub mode_hz: Option<f64>,
    /// Spread (SD) of the refreshes around a regular row of them, as measured; none where nothing was.
    #[serde(default)]
    pub jitter_ns: Option<Nanos>,
    /// False where the swap chain does not wait for the screen and a timer paces the flips.
    pub paced: bool,
    /// Where onset times come from.
    pub basis: Basis,
    /// What is wrong with it.
    #[serde(default)]
    pub concerns: Vec<Concern>,
    pub adapter: String,
    pub driver: String,
    /// The rig's photodiode correction, added to onsets when data files are written.
    pub offset_ns: Nanos,
    /// How lengths become pixels on it.
    #[serde(default)]
    pub lengths: Option<Lengths>,
}
