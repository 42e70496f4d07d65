//! Serial ports: whether they can be opened, and whether their adapters hand bytes on at once.

use super::{Finding, line_of};
use crate::wire::serial::{Serial, ports};
use std::path::Path;
use std::time::Duration;

pub fn look() -> Vec<Finding> {
    let all = ports();
    if all.is_empty() {
        return vec![Finding::note("no serial port is plugged in")];
    }
    let mut found = Vec::new();
    for port in &all {
        let name = port.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let opened = Serial::open(port, 9600, Duration::ZERO);
        found.push(match opened {
            Ok(_) => Finding::ok(format!("{} can be opened", port.display())),
            Err(e) => Finding::warning(e.to_string(), e.remedy),
        });
        let device = Path::new("/sys/class/tty").join(&name).join("device");
        found.extend(line_of(device.join("latency_timer")).map(|ms| latency(&name, &ms)));
        // Ports of the board itself have no power of their own.
        let control = match name.starts_with("ttyUSB") || name.starts_with("ttyACM") {
            true => line_of(device.join("../../power/control")),
            false => None,
        };
        found.extend(control.and_then(|c| suspended(&name, &c)));
    }
    found
}

/// FTDI adapters keep bytes back until so many milliseconds have gone by.
fn latency(name: &str, ms: &str) -> Finding {
    match ms {
        "1" => Finding::ok(format!("{name}: its adapter hands bytes on within 1 ms")),
        ms => Finding::warning(
            format!("{name}: its adapter keeps bytes back for up to {ms} ms"),
            format!(
                "echo 1 | sudo tee /sys/bus/usb-serial/devices/{name}/latency_timer; for good, write into \
                 /etc/udev/rules.d/99-reframe.rules:  ACTION==\"add\", SUBSYSTEM==\"usb-serial\", DRIVER==\"ftdi_sio\", \
                 ATTR{{latency_timer}}=\"1\""
            ),
        ),
    }
}

fn suspended(name: &str, control: &str) -> Option<Finding> {
    (control == "auto").then(|| {
        Finding::warning(
            format!("{name}: USB may put its adapter to sleep"),
            format!(
                "echo on | sudo tee $(readlink -f /sys/class/tty/{name}/device)/../../power/control"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn an_adapter_that_keeps_bytes_back_is_told_with_the_very_command() {
        assert_eq!(latency("ttyUSB0", "1").state, State::Ok);
        let slow = latency("ttyUSB0", "16");
        assert_eq!(slow.state, State::Warning);
        assert!(slow.text.contains("up to 16 ms"), "{slow:?}");
        assert!(
            slow.help
                .unwrap()
                .starts_with("echo 1 | sudo tee /sys/bus/usb-serial/devices/ttyUSB0/latency_timer")
        );
        assert_eq!(suspended("ttyUSB0", "on"), None);
        assert!(suspended("ttyUSB0", "auto").is_some());
    }
}
