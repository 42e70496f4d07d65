//! What this user may do: real-time priority, and the groups whose members may use devices.

use super::Finding;
use crate::ground::priority;

/// Groups that matter, and for what.
const GROUPS: [(&str, &str); 3] = [
    ("dialout", "serial ports: triggers, response boxes and marker devices"),
    ("input", "keys with the kernel's own stamps (evdev)"),
    ("lp", "parallel ports"),
];

pub fn look() -> Vec<Finding> {
    let mut found = vec![real_time(granted())];
    if cfg!(target_os = "linux") {
        let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
        let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let root = ids(&status, "Uid:").first() == Some(&0);
        let own = [ids(&status, "Gid:"), ids(&status, "Groups:")].concat();
        found.extend(GROUPS.iter().filter_map(|(name, what)| {
            let group = Group::of(&groups, name)?;
            Some(member(&group, what, &user, &own, root))
        }));
    }
    if cfg!(windows) {
        let text = "Windows: high-performance power plan, USB selective suspend off, FTDI latency 1 ms, Sticky Keys and \
                    notifications off; this program cannot look at them";
        found.push(Finding::note(text));
    }
    found
}

/// Whether a thread of its own is given real-time priority.
fn granted() -> Option<bool> {
    std::thread::spawn(|| priority::raise("doctor", 10).0).join().ok()
}

fn real_time(granted: Option<bool>) -> Finding {
    match granted {
        Some(true) => Finding::ok("real-time priority is granted"),
        _ => Finding::warning(
            "real-time priority is not granted: pulses and flips may wait for other programs",
            "write the line  @audio - rtprio 20  into /etc/security/limits.d/reframe.conf (sudo), then sudo usermod -aG audio \
             $USER, and log out and in",
        ),
    }
}

/// A line of /etc/group.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    name: String,
    id: u32,
    members: Vec<String>,
}

impl Group {
    fn of(text: &str, name: &str) -> Option<Group> {
        let line = text.lines().find(|l| l.split(':').next() == Some(name))?;
        let mut cells = line.split(':').skip(2);
        let id = cells.next()?.parse().ok()?;
        let members = cells.next().unwrap_or("").split(',').filter(|m| !m.is_empty());
        Some(Group { name: name.into(), id, members: members.map(String::from).collect() })
    }
}

/// The numbers behind a word of /proc/self/status.
fn ids(status: &str, head: &str) -> Vec<u32> {
    let line = status.lines().find_map(|l| l.strip_prefix(head)).unwrap_or("");
    line.split_whitespace().filter_map(|n| n.parse().ok()).collect()
}

fn member(group: &Group, what: &str, user: &str, own: &[u32], root: bool) -> Finding {
    let name = &group.name;
    if root || own.contains(&group.id) {
        return Finding::ok(format!("group {name}: {what}"));
    }
    if group.members.iter().any(|m| m == user) {
        let text =
            format!("this user was put into group {name} and has not logged in since: {what}");
        return Finding::warning(text, "log out and in again, or restart the PC");
    }
    let user = if user.is_empty() { "$USER" } else { user };
    Finding::warning(
        format!("this user is not in group {name}: {what}"),
        format!("if the room needs them: sudo usermod -aG {name} {user}, then log out and in"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_group_that_takes_effect_with_the_next_login_is_told_as_such() {
        let text = "root:x:0:\ndialout:x:20:anna,ben\n";
        let group = Group::of(text, "dialout").unwrap();
        assert_eq!((group.id, group.members.len()), (20, 2));
        let state = |user: &str, own: &[u32], root| member(&group, "ports", user, own, root);
        assert_eq!(state("anna", &[20], false).state, State::Ok);
        assert_eq!(state("root", &[0], true).state, State::Ok);
        let new = state("anna", &[1000], false);
        assert!(new.text.contains("has not logged in since"), "{new:?}");
        let none = state("carl", &[1000], false);
        assert!(none.help.unwrap().contains("usermod -aG dialout carl"));
        assert_eq!(Group::of(text, "lp"), None);
        assert_eq!(ids("Name:\tx\nGroups:\t4 20 27 \n", "Groups:"), [4, 20, 27]);
    }

    #[test]
    fn priority_that_is_not_granted_has_its_very_line() {
        assert_eq!(real_time(Some(true)).state, State::Ok);
        let help = real_time(Some(false)).help.unwrap();
        assert!(help.contains("@audio - rtprio 20") && help.contains("limits.d"), "{help}");
    }
}
