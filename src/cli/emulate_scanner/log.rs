//! The log of what an emulated scanner sent, as a table that is whole whenever it ends, and the figures that are said in
//! the end.

use crate::ground::time::Nanos;
use crate::logger::disk;
use crate::trigger::emulator::play::Passed;
use crate::trigger::emulator::schedule::What;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The columns: instants are nanoseconds of this PC's monotonic clock.
const COLUMNS: &str = "n\tt_ns\tbefore_ns\tafter_ns\twhat\tvolume\tcode\twhere\tnote\n";

/// A new file with its first line.
#[derive(Debug)]
pub struct Log {
    file: BufWriter<File>,
    rows: u64,
}

impl Log {
    /// Begins one. A file that exists is never replaced.
    ///
    /// # Errors
    /// It exists, or cannot be made.
    pub fn create(path: &Path) -> io::Result<Log> {
        let mut file = BufWriter::new(disk::create_new(path)?);
        file.write_all(COLUMNS.as_bytes())?;
        file.flush()?;
        Ok(Log { file, rows: 0 })
    }

    /// Adds what has passed. What was not sent has `n/a` for its times, and a note that says why.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn add(&mut self, p: &Passed, place: &str) -> io::Result<()> {
        self.rows += 1;
        let na = || "n/a".to_string();
        let (before, after, note) = match &p.sent {
            Ok((before, after)) => (before.0.to_string(), after.0.to_string(), String::new()),
            Err(why) => (na(), na(), why.replace(['\t', '\n', '\r'], " ")),
        };
        let volume = p.volume.map_or_else(na, |n| n.to_string());
        let code = p.code.clone().unwrap_or_else(na);
        let (n, planned, what) = (self.rows, p.planned.0, p.what.name());
        writeln!(
            self.file,
            "{n}\t{planned}\t{before}\t{after}\t{what}\t{volume}\t{code}\t{place}\t{note}"
        )
    }

    /// Hands what was added to the system.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// What became of the signals to one place.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    sent: u64,
    left_out: u64,
    failed: u64,
    late_sum: f64,
    late_squares: f64,
    latest: Nanos,
}

impl Figures {
    /// Counts it.
    pub fn add(&mut self, p: &Passed) {
        match &p.sent {
            Ok((before, _)) => {
                let late = *before - p.planned;
                self.sent += 1;
                self.late_sum += late.0 as f64;
                self.late_squares += (late.0 as f64).powi(2);
                self.latest = self.latest.max(late);
            }
            Err(_) if p.what == What::Dropped => self.left_out += 1,
            Err(_) => self.failed += 1,
        }
    }

    /// How many did not get through.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// One line for a person.
    pub fn text(&self) -> String {
        let mut text = format!("{} sent", self.sent);
        if self.left_out > 0 {
            text.push_str(&format!(", {} left out on purpose", self.left_out));
        }
        if self.failed > 0 {
            text.push_str(&format!(", {} could not be sent", self.failed));
        }
        if self.sent > 0 {
            let n = self.sent as f64;
            let mean = self.late_sum / n;
            let sd = (self.late_squares / n - mean * mean).max(0.0).sqrt();
            text.push_str(&format!(
                "; late by {:.1} µs on average (SD {:.1}, at most {:.1})",
                mean / 1e3,
                sd / 1e3,
                self.latest.0 as f64 / 1e3
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(what: What, sent: Result<(Nanos, Nanos), String>) -> Passed {
        Passed { place: 0, planned: Nanos(1000), sent, what, volume: Some(3), code: None }
    }

    #[test]
    fn a_log_tells_what_was_sent_and_what_was_not_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.tsv");
        let mut log = Log::create(&path).unwrap();
        log.add(&passed(What::Volume, Ok((Nanos(1001), Nanos(1009)))), "pty").unwrap();
        log.add(&passed(What::Dropped, Err("left out\ton purpose".into())), "udp:a:1").unwrap();
        log.flush().unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "n\tt_ns\tbefore_ns\tafter_ns\twhat\tvolume\tcode\twhere\tnote\n\
             1\t1000\t1001\t1009\tvolume\t3\tn/a\tpty\t\n\
             2\t1000\tn/a\tn/a\tdropped\t3\tn/a\tudp:a:1\tleft out on purpose\n"
        );
        assert_eq!(Log::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn figures_tell_how_late_signals_were_and_how_many_got_through() {
        let mut figures = Figures::default();
        assert_eq!(figures.text(), "0 sent");
        for late in [1000, 3000] {
            figures.add(&passed(What::Volume, Ok((Nanos(1000 + late), Nanos(9000)))));
        }
        figures.add(&passed(What::Dropped, Err(String::new())));
        figures.add(&passed(What::Volume, Err(String::new())));
        assert_eq!(
            figures.text(),
            "2 sent, 1 left out on purpose, 1 could not be sent; late by 2.0 µs on average (SD 1.0, at most 3.0)"
        );
        assert_eq!(figures.failed(), 1);
    }
}
