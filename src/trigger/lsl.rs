//! A stream of the Lab Streaming Layer as a wire for pulses. A sample carries the stamp of its sender, which is better
//! than the moment of its arrival as long as it is no stranger than that can be.

use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::wire::listen::{Arrived, NotThere, PATIENCE, Port, What};
use crate::wire::lsl::{Inlet, Library, LslError, Sample};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How long a stream is looked for, and its clock is compared.
const FIND: Duration = Duration::from_secs(3);
/// A stamp may lie so far before the arrival of its sample, and so little after it, to be believed.
const OLDEST: Nanos = Nanos::from_millis(1_000);
const NEWEST: Nanos = Nanos::from_millis(2);

/// Finds a stream by its name.
///
/// # Errors
/// There is no liblsl, or no such stream.
pub fn open(name: &str) -> Result<Box<dyn Port>, NotThere> {
    let lib = Library::load()
        .map_err(|e| NotThere { remedy: e.remedy.clone(), text: format!("lsl:{name}: {e}") })?;
    let missing = |e: LslError| NotThere {
        text: format!("lsl:{name}: {e}"),
        remedy: "start the program that sends it, on this network; then start the run again".into(),
    };
    let mut inlet = Inlet::resolve(&lib, name, FIND).map_err(missing)?;
    let correction = inlet.time_correction(FIND).map_err(missing)?;
    Ok(Box::new(Stream { lib, inlet, correction, ready: VecDeque::new() }))
}

struct Stream {
    lib: Arc<Library>,
    inlet: Inlet,
    /// Seconds from the sender's clock to this PC's.
    correction: f64,
    ready: VecDeque<Arrived>,
}

impl Port for Stream {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        if let Some(arrived) = self.ready.pop_front() {
            return Ok(Some(arrived));
        }
        let sample = match self.inlet.pull(PATIENCE) {
            Ok(sample) => sample,
            // It was let go, and the next can be pulled.
            Err(LslError::Refused { .. }) => None,
            Err(e) => return Err(io::Error::other(e.to_string())),
        };
        let arrival = monotonic_now();
        let Some(Sample { texts, stamp }) = sample else {
            // Clocks drift apart; liblsl measures behind this and answers at once.
            self.correction = self.inlet.time_correction(PATIENCE).unwrap_or(self.correction);
            return Ok(None);
        };
        let sent = self.lib.monotonic_of(stamp + self.correction);
        let stamp = believed(sent, arrival);
        let text = texts.first().map(|t| t.trim().to_string()).unwrap_or_default();
        Ok(Some(Arrived { stamp, what: What::Text(text) }))
    }
}

/// The instant at which a sample was sent, or that of its arrival where the first cannot be.
fn believed(sent: Option<Nanos>, arrival: Nanos) -> Nanos {
    let fits = |sent: &Nanos| (-NEWEST..=OLDEST).contains(&(arrival - *sent));
    sent.filter(fits).map_or(arrival, |sent| sent.min(arrival))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_of_the_sender_is_believed_while_it_can_be_true() {
        let ms = Nanos::from_millis;
        assert_eq!(believed(Some(ms(995)), ms(1_000)), ms(995));
        assert_eq!(
            believed(Some(ms(1_001)), ms(1_000)),
            ms(1_000),
            "nothing arrives before it is sent"
        );
        assert_eq!(believed(Some(ms(50)), ms(5_000)), ms(5_000));
        assert_eq!(believed(Some(ms(9_000)), ms(5_000)), ms(5_000));
        assert_eq!(believed(None, ms(5_000)), ms(5_000));
    }
}
