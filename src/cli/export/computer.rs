//! Whose computer this is: what must not be found in files that are given away.

use crate::bids::Traces;

/// The user's name, the folder of their files and the computer's name, as the environment tells them, or else the system.
pub fn traces() -> Traces {
    let told = |names: &[&str]| names.iter().find_map(|n| std::env::var(n).ok());
    let mut traces = Traces::default();
    let user = told(&["USER", "LOGNAME", "USERNAME"]);
    if let Some(user) = &user {
        traces.add_name("the user's name", user);
    }
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if let Some(name) = user.as_deref().and_then(|user| full_name(&accounts, user)) {
        traces.add_name("the user's full name", name);
    }
    if let Some(home) = told(&["HOME", "USERPROFILE"]) {
        traces.add_folder("the user's folder", &home);
    }
    let host = told(&["HOSTNAME", "COMPUTERNAME"]);
    let host = host.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    if let Some(host) = host {
        traces.add_name("the computer's name", &host);
    }
    traces
}

/// The full name of a user in a list of accounts: the fifth part of its line, up to a comma.
fn full_name<'a>(accounts: &'a str, user: &str) -> Option<&'a str> {
    let mut parts = accounts
        .lines()
        .map(|l| l.split(':'))
        .find_map(|mut parts| (parts.next() == Some(user)).then_some(parts))?;
    parts.nth(3)?.split(',').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_full_name_of_a_user_stands_in_the_list_of_accounts() {
        let accounts =
            "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000:Anna Zwirn,,,:/home/anna:/bin/sh\n";
        assert_eq!(full_name(accounts, "anna"), Some("Anna Zwirn"));
        assert_eq!(full_name(accounts, "bert"), None);
        assert_eq!(full_name("anna:x:1:1::/:", "anna"), None);
    }
}
