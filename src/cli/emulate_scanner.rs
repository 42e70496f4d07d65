//! `reframe emulate-scanner`: opens the places, waits until somebody listens and the scan is started, shows how far it is
//! and keeps the log. What is sent when is the emulator's.

mod log;

use super::args::EmulatorArgs;
use super::failure::{Exit, Failure};
use super::{progress, say};
use crate::ground::clock::monotonic_now;
use crate::ground::time::Nanos;
use crate::input::codes::{X_OFFSET, name};
use crate::trigger::emulator::faults::Faults;
use crate::trigger::emulator::place::Where;
use crate::trigger::emulator::play::{Passed, Switch, Told, play};
use crate::trigger::emulator::schedule::{Scan, Schedule, What};
use crossbeam_channel::{Receiver, RecvTimeoutError, unbounded};
use indicatif::ProgressBar;
use log::{Figures, Log};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// From the wish to start to the first pulse, so that no place is still looking around.
const LEAD: Nanos = Nanos::from_millis(300);
/// How often the channel is left to look at Ctrl-C and the keyboard.
const GLANCE: Duration = Duration::from_millis(50);

/// Plays a scan.
pub fn run(args: &EmulatorArgs) -> Result<Exit, Failure> {
    let schedule = schedule(args)?;
    let names: Vec<String> = args.to.iter().map(ToString::to_string).collect();
    let mut places = Vec::new();
    // Gone when the command ends, however it does.
    let mut links = Vec::new();
    for to in &args.to {
        let place = to.open(args.format.into(), args.xid_port, key_number);
        let place = place.map_err(|e| Failure::device(format!("{to}: {e}"), &e.remedy))?;
        if let Some(path) = place.path() {
            say(format_args!("{}\n", path.display()));
            if let Where::Pty { link: Some(link) } = to {
                links.push(Link::make(link, path)?);
            }
        }
        places.push(place);
    }
    let log = args.log.as_deref().map(|path| {
        Log::create(path).map_err(|e| {
            let text = format!("cannot begin the log {}: {e}", path.display());
            Failure::wrong(text).help("name a file that does not exist yet")
        })
    });
    let log = log.transpose()?;
    let switch = Arc::new(Switch::default());
    let theirs = switch.clone();
    // Where another handler has been set, Ctrl-C ends the program as it does any other.
    let _ = ctrlc::set_handler(move || theirs.stop());
    let (tell, told) = unbounded();
    let mut threads = Vec::new();
    for (number, place) in places.into_iter().enumerate() {
        let (schedule, switch, tell) = (schedule.clone(), switch.clone(), tell.clone());
        let thread = std::thread::Builder::new().name(format!("scanner-{number}"));
        let thread = thread.spawn(move || play(place, number, schedule, &switch, &tell));
        threads.push(thread.map_err(|e| Failure::wrong(format!("no thread can be started: {e}")))?);
    }
    // With the last thread the channel ends, even if that thread failed.
    drop(tell);
    let volumes = args.volumes;
    let figures = vec![Figures::default(); names.len()];
    let mut desk =
        Desk { names, switch, told, log, figures, open: vec![None; args.to.len()], bar: None };
    let done = desk.start(args.delay).and_then(|()| desk.follow(volumes));
    let interrupted = desk.switch.is_stopped();
    desk.switch.stop();
    for thread in threads {
        if thread.join().is_err() {
            return Err(Failure::wrong("a thread that sends pulses has failed; its log is kept"));
        }
    }
    done?;
    desk.ended()?;
    Ok(if interrupted { Exit::Ended } else { Exit::Done })
}

/// The schedule that is asked for.
fn schedule(args: &EmulatorArgs) -> Result<Schedule, Failure> {
    let responses = args.script().map_err(Failure::wrong)?;
    for (to, response) in args.to.iter().flat_map(|t| responses.iter().map(move |r| (t, r))) {
        let taken = to.takes(&response.code, args.format.into());
        taken.map_err(|e| Failure::wrong(format!("{to} cannot be sent a response: {e}")))?;
    }
    let scan = Scan {
        tr: args.tr,
        volumes: args.volumes,
        slices: args.slices,
        dummies: args.dummies,
        dummies_pulse: !args.silent_dummies,
    };
    let faults = Faults {
        seed: args.seed,
        jitter: args.jitter_ms,
        drift_ppm: args.drift_ppm,
        dropped: args.drop,
        doubled: args.double,
        spurious: args.spurious,
        hold: args.hold_ms,
        false_start: args.false_start,
        stop_after: args.stop_after,
        restart_after: args.restart_after,
        responses,
    };
    let between = Nanos(scan.tr.0 / i64::from(scan.slices));
    if between < Nanos::from_millis(1) {
        let text = format!("pulses {:.2} ms apart are too close together", between.millis());
        return Err(Failure::wrong(text).help("give a longer --tr or fewer --slices"));
    }
    let fits = faults.fit(between);
    fits.map_err(Failure::wrong)?;
    Ok(Schedule::new(scan, faults))
}

/// The number that X servers give a key.
fn key_number(code: &str) -> Option<u8> {
    let number = (1..=247).find(|n| name(*n) == Some(code))?;
    u8::try_from(u32::from(number) + X_OFFSET).ok()
}

/// A link to a made port, which goes with it.
#[derive(Debug)]
struct Link {
    path: PathBuf,
    to: PathBuf,
}

impl Link {
    fn make(path: &Path, to: PathBuf) -> Result<Link, Failure> {
        #[cfg(unix)]
        let made = std::os::unix::fs::symlink(&to, path);
        #[cfg(not(unix))]
        let made = Err::<(), _>(std::io::Error::from(std::io::ErrorKind::Unsupported));
        made.map_err(|e| {
            let text = format!("cannot make the link {}: {e}", path.display());
            Failure::wrong(text).help("name a path that does not exist yet")
        })?;
        Ok(Link { path: path.into(), to })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Somebody may have put something else there.
        if std::fs::read_link(&self.path).is_ok_and(|to| to == self.to) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// What the experimenter sees.
struct Desk {
    names: Vec<String>,
    switch: Arc<Switch>,
    told: Receiver<Told>,
    log: Option<Log>,
    figures: Vec<Figures>,
    /// Whether somebody listens at each place, as was last said.
    open: Vec<Option<bool>>,
    bar: Option<ProgressBar>,
}

impl Desk {
    /// A line for the experimenter, above the bar where there is one.
    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{text}")),
            None => eprintln!("{text}"),
        }
    }

    /// Waits until the scan is started, and starts it.
    fn start(&mut self, delay: Option<Nanos>) -> Result<(), Failure> {
        let enter = match delay {
            Some(_) => crossbeam_channel::never(),
            None => {
                eprintln!("press Enter to start the scan");
                enter()
            }
        };
        loop {
            if self.switch.is_stopped() {
                return Ok(());
            }
            match self.told.recv_timeout(GLANCE) {
                Ok(told) => self.hear(told)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            match enter.try_recv() {
                Ok(true) => break self.switch.start_at(monotonic_now() + LEAD),
                Ok(false) => {
                    let text = "nobody is there to press Enter: the standard input is closed";
                    return Err(Failure::wrong(text).help("give --delay SECONDS"));
                }
                Err(_) => {}
            }
            if let Some(delay) = delay.filter(|_| self.open.iter().all(|o| *o == Some(true))) {
                eprintln!("the scan starts in {} s", delay.max(LEAD).secs());
                break self.switch.start_at(monotonic_now() + delay.max(LEAD));
            }
        }
        Ok(())
    }

    /// Hears what the places tell until all are done.
    fn follow(&mut self, volumes: Option<u32>) -> Result<(), Failure> {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(volumes.map_or(0, u64::from));
            bar.set_style(progress::style(match volumes {
                Some(_) => "volume {pos} of {len} {wide_bar} {elapsed_precise}",
                None => "volume {pos}, {elapsed_precise}; Ctrl-C ends the scan",
            }));
            self.bar = Some(bar);
        }
        let mut left = self.names.len();
        while left > 0 {
            match self.told.recv() {
                Ok(Told::Done) => left -= 1,
                Ok(told) => self.hear(told)?,
                Err(_) => break,
            }
        }
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.flush()
    }

    fn hear(&mut self, told: Told) -> Result<(), Failure> {
        match told {
            Told::Priority { granted: true, .. } | Told::Done => {}
            // Once is enough: the system says the same to every thread.
            Told::Priority { text, .. } if self.open.iter().all(Option::is_none) => {
                self.line(&format!("note: {text}"));
            }
            Told::Priority { .. } => {}
            Told::Ready { place } => {
                // What was never missed need not be said.
                if self.open[place] == Some(false) {
                    self.line(&format!("{}: a program listens", self.names[place]));
                }
                self.open[place] = Some(true);
            }
            Told::Waiting { place, why } => {
                self.line(&format!("{}: {why}; waiting for it", self.names[place]));
                self.open[place] = Some(false);
            }
            Told::Passed(passed) => self.passed(&passed)?,
        }
        Ok(())
    }

    fn passed(&mut self, passed: &Passed) -> Result<(), Failure> {
        let figures = &mut self.figures[passed.place];
        figures.add(passed);
        if let Err(why) = &passed.sent
            && passed.what != What::Dropped
            && figures.failed() == 1
        {
            let (what, name) = (passed.what.name(), &self.names[passed.place]);
            self.line(&format!("{name}: a {what} was not sent: {why}"));
        }
        if let (Some(bar), Some(n)) = (&self.bar, passed.volume) {
            bar.set_position(u64::from(n));
        }
        if let Some(log) = &mut self.log {
            log.add(passed, &self.names[passed.place]).map_err(|e| no_log(&e))?;
        }
        // Whatever ends this program, what has been sent so far stands in the log.
        if self.told.is_empty() { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.log.as_mut().map_or(Ok(()), Log::flush).map_err(|e| no_log(&e))
    }

    /// Takes what was told last, and says what became of it all.
    fn ended(&mut self) -> Result<(), Failure> {
        while let Ok(told) = self.told.try_recv() {
            self.hear(told)?;
        }
        self.flush()?;
        for (name, figures) in self.names.iter().zip(&self.figures) {
            eprintln!("{name}: {}", figures.text());
        }
        Ok(())
    }
}

fn no_log(e: &std::io::Error) -> Failure {
    Failure::wrong(format!("the log cannot be written: {e}")).help("make room on the disk")
}

/// Tells when Enter is pressed, or that it never will be.
fn enter() -> Receiver<bool> {
    let (tell, told) = unbounded();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        let _ = tell.send(matches!(read, Ok(n) if n > 0));
    });
    told
}
