//! A status pin of a parallel port as a wire: it is asked ten thousand times a second, for the driver has no call that
//! waits for any pin. A pulse shorter than that is missed. Unverified on hardware.

use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::rig::pins::Pin;
use crate::wire::listen::{Arrived, NotThere, PATIENCE, Port, What};
use crate::wire::parport::Parport;
use std::io;
use std::time::Duration;

/// How often the pin is asked.
const EVERY: Duration = Duration::from_micros(100);

/// Opens the port of a pin.
///
/// # Errors
/// The port is not there, or may not be used.
pub fn open(place: &str, pin: Pin) -> Result<Box<dyn Port>, NotThere> {
    let missing = |text: String, remedy: String| NotThere { text, remedy };
    let port = Parport::open(place).map_err(|e| missing(e.to_string(), e.remedy))?;
    let status = move || port.status().map(|byte| pin.is_high(byte));
    let pin = Watched::new(status).map_err(|e| {
        missing(
            format!("parallel port {place} cannot be read: {e}"),
            "see that no other program uses it".into(),
        )
    })?;
    Ok(Box::new(pin))
}

/// A pin that is asked again and again.
struct Watched<F> {
    status: F,
    high: bool,
}

impl<F: FnMut() -> io::Result<bool> + Send> Watched<F> {
    fn new(mut status: F) -> io::Result<Watched<F>> {
        let high = status()?;
        Ok(Watched { status, high })
    }
}

impl<F: FnMut() -> io::Result<bool> + Send> Port for Watched<F> {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        let until = monotonic_now() + Nanos(PATIENCE.as_nanos() as i64);
        loop {
            let high = (self.status)()?;
            let stamp = monotonic_now();
            if high != self.high {
                self.high = high;
                return Ok(Some(Arrived { stamp, what: What::Level(high) }));
            }
            if stamp >= until {
                return Ok(None);
            }
            std::thread::sleep(EVERY);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_a_pin_are_told_and_what_stays_is_not() {
        let mut script = vec![false, false, true, true, false].into_iter();
        let status = move || script.next().ok_or(io::ErrorKind::BrokenPipe.into());
        let mut pin = Watched::new(status).unwrap();
        let level = |pin: &mut Watched<_>| pin.next().map(|a| a.map(|a| a.what));
        assert_eq!(level(&mut pin).unwrap(), Some(What::Level(true)));
        assert_eq!(level(&mut pin).unwrap(), Some(What::Level(false)));
        assert!(level(&mut pin).is_err(), "a port that is gone is an error");
    }

    #[test]
    fn a_port_that_is_not_there_is_told_with_what_helps() {
        let why = open("/dev/parport77", Pin::Ack).err().unwrap();
        assert!(why.text.contains("/dev/parport77") && !why.remedy.is_empty(), "{why:?}");
    }
}
