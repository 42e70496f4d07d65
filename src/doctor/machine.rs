//! What the computer is and how it is kept: processor, power, load, clock, sound.

use super::{Finding, line_of};
use std::path::Path;

pub fn look() -> Vec<Finding> {
    let mut found = Vec::new();
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    if cpuinfo.contains(" hypervisor") {
        let text = "this is a virtual machine: its times are not to be trusted";
        found.push(Finding::warning(text, "fine for a dry run; run people on a PC of its own"));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = line_of("/proc/loadavg").and_then(|l| l.split(' ').next()?.parse().ok());
    found.extend(load.map(|load| busy(load, cores)));
    let governor = line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    found.extend(governor.map(|g| clocked(&g)));
    let online = |name: &str| line_of(format!("/sys/class/power_supply/{name}/online"));
    let mains = ["AC", "AC0", "ADP0", "ADP1", "ACAD"].iter().find_map(|name| online(name));
    if mains.as_deref() == Some("0") {
        let text = "this laptop runs on its battery: it saves power at the cost of time";
        found.push(Finding::warning(text, "plug it in"));
    }
    if let Some(free) = std::fs::read_to_string("/proc/meminfo").ok().as_deref().and_then(available)
    {
        found.push(memory(free));
    }
    found.push(sound(std::fs::read_to_string("/proc/asound/cards").ok().as_deref()));
    found.push(match Path::new("/run/systemd/timesync/synchronized").exists() {
        true => Finding::ok("the time of day is kept by a time server"),
        false => Finding::note(
            "nothing says that a time server keeps the time of day; intervals do not depend on it, dates in the data do",
        ),
    });
    found
}

fn busy(load: f64, cores: usize) -> Finding {
    let text = format!("load {load} on {cores} cores");
    match load > 0.7 * cores as f64 {
        true => Finding::warning(
            format!("{text}: other programs are at work"),
            "end other programs, and updates that run in the background",
        ),
        false => Finding::ok(text),
    }
}

fn clocked(governor: &str) -> Finding {
    match governor {
        "performance" => Finding::ok("the processor keeps its full speed"),
        other => Finding::warning(
            format!("the processor changes its speed (governor {other})"),
            "choose the power mode \"performance\" in the settings, or: sudo cpupower frequency-set -g performance",
        ),
    }
}

/// Available memory of /proc/meminfo, in MiB.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

fn memory(mib: u64) -> Finding {
    match mib < 1024 {
        true => Finding::warning(format!("{mib} MiB of memory are free"), "end other programs"),
        false => Finding::ok(format!("{mib} MiB of memory are free")),
    }
}

fn sound(cards: Option<&str>) -> Finding {
    let names = |text: &str| {
        let name = |l: &str| l.split_once("]: ").map(|(_, name)| name.trim().to_string());
        text.lines().filter_map(name).collect::<Vec<_>>()
    };
    match cards.map(names) {
        Some(found) if !found.is_empty() => {
            Finding::note(format!("sound hardware: {}", found.join(", ")))
        }
        _ => Finding::note("sound hardware: no device that the kernel knows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn what_costs_time_is_a_warning_with_its_remedy() {
        assert_eq!(busy(0.3, 4).state, State::Ok);
        assert_eq!(busy(3.5, 4).state, State::Warning);
        assert_eq!(clocked("performance").state, State::Ok);
        assert!(clocked("powersave").help.unwrap().contains("performance"));
        assert_eq!(available("MemTotal: 8 kB\nMemAvailable:  2097152 kB\n"), Some(2048));
        assert_eq!(memory(500).state, State::Warning);
        let cards = " 0 [PCH ]: HDA-Intel - HDA Intel PCH\n    HDA Intel PCH at 0x1\n";
        assert!(sound(Some(cards)).text.contains("HDA-Intel"));
        assert!(sound(Some("--- no soundcards ---\n")).text.contains("no device"));
    }
}
