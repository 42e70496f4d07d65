//! What the computer says of itself, for the head of a report. What it does not say is left out.

use crate::report::timing::measured::Machine;

/// Asks the system.
pub fn look() -> Machine {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let release = read("/proc/sys/kernel/osrelease");
    let name = read("/etc/os-release");
    Machine {
        system: system(&name, release.trim()),
        processor: after(&cpuinfo, "model name").unwrap_or(std::env::consts::ARCH).into(),
        cores: std::thread::available_parallelism().map_or(0, usize::from),
        load_before: read("/proc/loadavg").split(' ').next().and_then(|l| l.parse().ok()),
    }
}

fn system(os_release: &str, kernel: &str) -> String {
    let line = os_release.lines().find_map(|l| l.strip_prefix("PRETTY_NAME="));
    let name = line.map_or(std::env::consts::OS, |n| n.trim_matches('"'));
    if kernel.is_empty() { name.into() } else { format!("{name}, kernel {kernel}") }
}

/// The value of the first line `key : value`.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = text.lines().filter_map(|l| l.split_once(':'));
    lines.find(|(k, _)| k.trim() == key).map(|(_, v)| v.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_and_system_are_read_as_linux_writes_them() {
        let cpuinfo = "processor\t: 0\nmodel name\t: Fast One @ 3 GHz\nmodel name\t: Other\n";
        assert_eq!(after(cpuinfo, "model name"), Some("Fast One @ 3 GHz"));
        assert_eq!(after("", "model name"), None);
        let os = "NAME=x\nPRETTY_NAME=\"Some Linux 12\"\n";
        assert_eq!(system(os, "6.1.0"), "Some Linux 12, kernel 6.1.0");
        assert_eq!(system("", ""), std::env::consts::OS);
    }
}
