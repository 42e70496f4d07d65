//! Asks the system to run the calling thread before others. What it granted is said, not assumed.
#![allow(unsafe_code)]

/// Asks for real-time priority for the calling thread alone, not for threads that it starts; the sentence says what was
/// granted.
#[cfg(target_os = "linux")]
pub fn raise(thread: &str, priority: i32) -> (bool, String) {
    // Without the flag a disk or a decoder started from here would run before the desktop too.
    match schedule(libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, priority) {
        Ok(()) => (true, format!("the {thread} thread runs with SCHED_FIFO priority {priority}")),
        Err(why) => {
            let text = format!(
                "the {thread} thread runs without real-time priority ({why}); allow it with \"@GROUP - rtprio 20\" \
                 in /etc/security/limits.d"
            );
            (false, text)
        }
    }
}

/// Gives it back.
#[cfg(target_os = "linux")]
pub fn lower() {
    // A thread may always give up what it has.
    let _ = schedule(libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK, 0);
}

#[cfg(target_os = "linux")]
fn schedule(policy: i32, priority: i32) -> std::io::Result<()> {
    let param = libc::sched_param { sched_priority: priority };
    // SAFETY: the handle is the calling thread's own, and `param` is a valid sched_param for the call.
    let rc = unsafe { libc::pthread_setschedparam(libc::pthread_self(), policy, &param) };
    if rc == 0 { Ok(()) } else { Err(std::io::Error::from_raw_os_error(rc)) }
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub fn raise(thread: &str, _priority: i32) -> (bool, String) {
    (false, format!("the {thread} thread runs without real-time priority"))
}

/// Nothing was given.
#[cfg(not(target_os = "linux"))]
pub fn lower() {}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// The policy of the calling thread, as the system knows it.
    fn policy() -> i32 {
        // SAFETY: 0 is the calling thread, and no memory is touched.
        unsafe { libc::sched_getscheduler(0) }
    }

    #[test]
    fn threads_that_a_raised_thread_starts_are_ordinary() {
        std::thread::spawn(|| {
            let (raised, said) = raise("test", 3);
            if !raised {
                assert!(said.contains("rtprio"), "{said}");
                return;
            }
            assert_eq!(policy() & !libc::SCHED_RESET_ON_FORK, libc::SCHED_FIFO);
            let child = std::thread::spawn(policy).join().unwrap();
            assert_eq!(child & !libc::SCHED_RESET_ON_FORK, libc::SCHED_OTHER);
            lower();
            assert_eq!(policy() & !libc::SCHED_RESET_ON_FORK, libc::SCHED_OTHER);
        })
        .join()
        .unwrap();
    }
}
