//! Asks the system to run the calling thread before others. What it granted is said, not assumed.
#![allow(unsafe_code)]

/// Asks for real-time priority for the calling thread; the sentence says what was granted.
#[cfg(target_os = "linux")]
pub fn raise(thread: &str, priority: i32) -> (bool, String) {
    let param = libc::sched_param { sched_priority: priority };
    // SAFETY: the handle is the calling thread's own, and `param` is a valid sched_param for the call.
    let rc = unsafe { libc::pthread_setschedparam(libc::pthread_self(), libc::SCHED_FIFO, &param) };
    if rc == 0 {
        return (true, format!("the {thread} thread runs with SCHED_FIFO priority {priority}"));
    }
    let why = std::io::Error::from_raw_os_error(rc);
    let text = format!(
        "the {thread} thread runs without real-time priority ({why}); allow it with \"@GROUP - rtprio 20\" in \
         /etc/security/limits.d"
    );
    (false, text)
}

/// Other systems are not asked.
#[cfg(not(target_os = "linux"))]
pub fn raise(thread: &str, _priority: i32) -> (bool, String) {
    (false, format!("the {thread} thread runs without real-time priority"))
}
