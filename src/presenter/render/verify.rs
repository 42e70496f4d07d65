//! What is wrong with a screen, by what was measured of it. Pure.

use crate::ground::record::Concern;

/// What was measured of a screen.
#[derive(Clone, Copy, Debug)]
pub struct Measurement {
    /// Refreshes a second on which pictures came.
    pub hz: f64,
    /// What its mode claims.
    pub mode_hz: Option<f64>,
    /// What the rig expects.
    pub rig_hz: Option<f64>,
    /// The swap chain waits for the screen.
    pub paced: bool,
    /// Pictures come on a regular row of refreshes, as far as anybody says.
    pub regular: bool,
    /// Pictures go through a compositor.
    pub composited: bool,
}

/// A rig names its rate by hand; a mode is rounded at most.
const LIKE_RIG: f64 = 0.01;
const LIKE_MODE: f64 = 0.02;

fn near(hz: f64, wanted: f64, within: f64) -> bool {
    (hz / wanted - 1.0).abs() < within
}

/// Everything that is wrong, the weightiest first.
pub fn concerns(m: &Measurement) -> Vec<Concern> {
    let mut found = Vec::new();
    let half = |wanted: f64, within| near(2.0 * m.hz, wanted, within);
    let unlike = |wanted: Option<f64>, within| wanted.is_some_and(|w| !near(m.hz, w, within));
    let halved = [(m.rig_hz, LIKE_RIG), (m.mode_hz, LIKE_MODE)];
    if halved.into_iter().any(|(wanted, within)| wanted.is_some_and(|w| half(w, within))) {
        found.push(Concern::HalfRate);
    } else {
        found.extend(unlike(m.rig_hz, LIKE_RIG).then_some(Concern::UnlikeRig));
        found.extend(unlike(m.mode_hz, LIKE_MODE).then_some(Concern::UnlikeMode));
    }
    found.extend((!m.regular).then_some(Concern::VariableRefresh));
    found.extend((!m.paced).then_some(Concern::Unpaced));
    found.extend(m.composited.then_some(Concern::Compositor));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Measurement = Measurement {
        hz: 59.94,
        mode_hz: Some(60.0),
        rig_hz: Some(60.0),
        paced: true,
        regular: true,
        composited: false,
    };

    #[test]
    fn a_good_screen_raises_no_concern() {
        assert_eq!(concerns(&GOOD), []);
        assert_eq!(concerns(&Measurement { mode_hz: None, rig_hz: None, ..GOOD }), []);
    }

    #[test]
    fn each_fault_is_named() {
        let of = |m: Measurement| concerns(&m);
        assert_eq!(of(Measurement { rig_hz: Some(75.0), ..GOOD }), [Concern::UnlikeRig]);
        assert_eq!(of(Measurement { mode_hz: Some(144.0), ..GOOD }), [Concern::UnlikeMode]);
        assert_eq!(of(Measurement { hz: 30.0, ..GOOD }), [Concern::HalfRate]);
        assert_eq!(
            of(Measurement { mode_hz: Some(120.0), rig_hz: None, ..GOOD }),
            [Concern::HalfRate]
        );
        assert_eq!(of(Measurement { regular: false, ..GOOD }), [Concern::VariableRefresh]);
        assert_eq!(of(Measurement { paced: false, ..GOOD }), [Concern::Unpaced]);
        assert_eq!(of(Measurement { composited: true, ..GOOD }), [Concern::Compositor]);
    }

    #[test]
    fn several_faults_are_all_named() {
        let m = Measurement { hz: 90.0, paced: false, composited: true, ..GOOD };
        let all = [Concern::UnlikeRig, Concern::UnlikeMode, Concern::Unpaced, Concern::Compositor];
        assert_eq!(concerns(&m), all);
    }
}
