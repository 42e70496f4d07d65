//! A question at the terminal, with an answer that is taken where none comes.

use crossbeam_channel::{Receiver, bounded};
use std::io::{BufRead, IsTerminal};
use std::time::Duration;

/// Whether somebody could answer.
pub fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks, and waits for a line. None where nothing was answered in time: the question may be hidden by a window.
pub fn line(question: &str, patience: Duration) -> Option<String> {
    begin(question).recv_timeout(patience).ok().map(|line| line.trim().to_string())
}

/// Asks, and gives where the line will come.
pub fn begin(question: &str) -> Receiver<String> {
    eprint!("{question}");
    let (tell, answer) = bounded(1);
    // Where it goes on to wait it ends with the process.
    std::thread::spawn(move || {
        let mut line = String::new();
        // A terminal that has gone answers nothing.
        let read = std::io::stdin().lock().read_line(&mut line);
        if read.is_ok_and(|n| n > 0) {
            // Whoever asked may have lost patience.
            let _ = tell.send(line);
        }
    });
    answer
}
