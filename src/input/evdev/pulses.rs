//! A kernel device as a wire for pulses: its keys with the kernel's own stamps, whoever has the keyboard. What is a pulse,
//! others know. Unverified on hardware.

use super::super::codes;
use super::kernel::{Kernel, KernelDevice};
use super::stream::Raw;
use super::{Bus, Device};
use crate::wire::listen::{Arrived, NotThere, PATIENCE, Port, What};
use std::collections::VecDeque;
use std::io;
use std::path::Path;

/// `EV_KEY` of linux/input-event-codes.h.
const KEYS: u16 = 1;

/// Opens a device.
///
/// # Errors
/// It is not there, or may not be read.
pub fn open(path: &Path) -> Result<Box<dyn Port>, NotThere> {
    let shown = path.display();
    let mut kernel = Kernel::new(&[path.to_string_lossy().into_owned()]);
    let opened = kernel.open(&[]).pop().map(|(_, opened)| opened);
    match opened {
        Some(Ok(device)) => Ok(Box::new(Keys { kernel, device, ready: VecDeque::new() })),
        Some(Err(e)) => Err(NotThere {
            text: format!("kernel device {shown} cannot be read: {e}"),
            remedy: match e.kind() {
                io::ErrorKind::PermissionDenied => {
                    "sudo usermod -aG input $USER, then log out and in".into()
                }
                _ => "plug it in; /dev/input/by-id/ has the names of what is there".to_string(),
            },
        }),
        None => Err(NotThere {
            text: format!("kernel device {shown} is not there"),
            remedy: "plug it in; /dev/input/by-id/ has the names of what is there".into(),
        }),
    }
}

struct Keys {
    kernel: Kernel,
    device: KernelDevice,
    ready: VecDeque<Arrived>,
}

impl Port for Keys {
    fn next(&mut self) -> io::Result<Option<Arrived>> {
        if self.ready.is_empty() {
            self.kernel.wait(&[&self.device], PATIENCE);
            self.ready.extend(self.device.read()?.iter().filter_map(key));
        }
        Ok(self.ready.pop_front())
    }
}

/// The key of a raw event, if it is one.
fn key(raw: &Raw) -> Option<Arrived> {
    let code = codes::name(raw.code).unwrap_or(codes::UNKNOWN).to_string();
    let what = What::Key { code, down: raw.value != 0, repeat: raw.value == 2 };
    (raw.kind == KEYS).then_some(Arrived { stamp: raw.stamp, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::Nanos;

    #[test]
    fn keys_keep_the_kernels_stamp_and_repeats_are_told_apart() {
        let raw = |kind, code, value| Raw { stamp: Nanos(42), kind, code, value };
        let key_of = |value| key(&raw(KEYS, 6, value)).map(|a| (a.stamp, a.what));
        let five = |down, repeat| What::Key { code: "Digit5".into(), down, repeat };
        assert_eq!(key_of(1), Some((Nanos(42), five(true, false))));
        assert_eq!(key_of(2), Some((Nanos(42), five(true, true))));
        assert_eq!(key_of(0), Some((Nanos(42), five(false, false))));
        assert_eq!(key(&raw(0, 0, 0)), None, "the end of a report is no key");
    }

    #[test]
    fn a_device_that_is_not_there_is_told_with_what_helps() {
        let why = open(Path::new("/dev/input/by-id/none")).err().unwrap();
        assert!(why.text.contains("/dev/input/by-id/none"), "{}", why.text);
    }
}
