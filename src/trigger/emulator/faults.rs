//! What may go wrong with a scanner's pulses, and what a person presses meanwhile. It refuses to know when: `schedule`
//! draws that.

use crate::ground::time::Nanos;

/// The most responses that one script has.
const MOST_RESPONSES: usize = 10_000;
/// The longest code of a response, in bytes.
const LONGEST_CODE: usize = 64;

/// Faults of a scanner; none of them by default. Shares are between 0 and 1, and each pulse is drawn for by itself.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Faults {
    /// Seed of all chance.
    pub seed: u64,
    /// Standard deviation of each pulse around its time. Twelve even draws are added up, so that no pulse is further away
    /// than six of these.
    pub jitter: Nanos,
    /// How much slower the scanner's clock runs than this PC's, in millionths.
    pub drift_ppm: f64,
    /// Share of the pulses that do not come.
    pub dropped: f64,
    /// Share of the pulses that come twice, the second some 5 to 45 ms behind the end of the first.
    pub doubled: f64,
    /// Share of the pulses behind which one comes that belongs to no volume, at any time before the next.
    pub spurious: f64,
    /// How long a pulse is held; zero where its end is not told. Behind a quarter of a second a held key repeats.
    pub hold: Nanos,
    /// A single pulse, then silence for so long, then the scan.
    pub false_start: Option<Nanos>,
    /// The scan stops behind this volume.
    pub stop_after: Option<u32>,
    /// A scan that was stopped begins anew, dummies too, so long after the end of its last volume.
    pub restart_after: Option<Nanos>,
    /// What the person presses.
    pub responses: Vec<Response>,
}

/// A key or button that is pressed, so long after the first pulse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub at: Nanos,
    pub code: String,
}

impl Faults {
    /// Whether these can be had between pulses that are so far apart.
    ///
    /// # Errors
    /// A sentence that says which cannot.
    pub fn fit(&self, between: Nanos) -> Result<(), String> {
        let ms = between.millis();
        if self.jitter.0 as f64 * 6.0 > between.0 as f64 * 0.45 {
            let most = ms * 0.075;
            return Err(format!(
                "a jitter of {} ms would mix up pulses that are {ms:.1} ms apart; give at most {most:.2}",
                self.jitter.millis()
            ));
        }
        if self.hold.0 as f64 > between.0 as f64 * 0.8 {
            return Err(format!(
                "a pulse cannot be held for {} ms, for the next comes after {ms:.1} ms; give at most {:.0}",
                self.hold.millis(),
                (ms * 0.8).floor()
            ));
        }
        if self.restart_after.is_some() && self.stop_after.is_none() {
            return Err(
                "a scan that does not stop cannot start again; say behind which volume it stops"
                    .into(),
            );
        }
        Ok(())
    }
}

/// Reads a script of responses: `12.5:1,14:2`, or one on each line. Behind `#` is a comment.
///
/// # Errors
/// A sentence that names the part that is wrong.
pub fn responses(text: &str) -> Result<Vec<Response>, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let parts = lines.flat_map(|line| line.split(',')).map(str::trim).filter(|p| !p.is_empty());
    let mut all = parts.map(response).collect::<Result<Vec<_>, _>>()?;
    if all.len() > MOST_RESPONSES {
        return Err(format!("{} responses; at most {MOST_RESPONSES} are read", all.len()));
    }
    all.sort_by_key(|r| r.at);
    Ok(all)
}

fn response(part: &str) -> Result<Response, String> {
    let expected = || format!("response {part:?}: expected SECONDS:CODE, as in 12.5:1");
    let (at, code) = part.split_once([':', '\t']).ok_or_else(expected)?;
    let (at, code) = (at.trim().parse::<f64>().map_err(|_| expected())?, code.trim());
    if !(0.0..=86_400.0).contains(&at) {
        return Err(format!("response {part:?}: seconds from 0 to 86400 behind the first pulse"));
    }
    if code.is_empty() || code.len() > LONGEST_CODE || code.chars().any(char::is_control) {
        return Err(format!(
            "response {part:?}: a code of 1 to {LONGEST_CODE} characters is missing"
        ));
    }
    Ok(Response { at: Nanos::from_secs(at), code: code.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_read_in_one_line_or_many_and_put_in_order() {
        let at = |s: f64, code: &str| Response { at: Nanos::from_secs(s), code: code.into() };
        let expected = Ok(vec![at(0.0, "x"), at(12.5, "1"), at(14.0, "0x31")]);
        assert_eq!(responses("14:0x31, 12.5:1,0:x"), expected);
        assert_eq!(responses("# made by hand\n12.5:1\n14\t0x31 # left\n\n0 : x\n"), expected);
        assert_eq!(responses(""), Ok(vec![]));
        for (wrong, part) in
            [("12.5", "\"12.5\""), ("a:1", "\"a:1\""), ("1:", "code"), ("-1:1", "0 to")]
        {
            let said = responses(wrong).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn faults_that_would_mix_up_pulses_are_refused() {
        let between = Nanos::from_millis(100);
        let with = |change: fn(&mut Faults)| {
            let mut faults = Faults::default();
            change(&mut faults);
            faults.fit(between)
        };
        assert_eq!(with(|f| f.jitter = Nanos::from_millis(7)), Ok(()));
        assert!(with(|f| f.jitter = Nanos::from_millis(8)).unwrap_err().contains("7.50"));
        assert!(with(|f| f.hold = Nanos::from_millis(81)).unwrap_err().contains("80"));
        assert!(with(|f| f.restart_after = Some(Nanos::ZERO)).is_err());
    }
}
