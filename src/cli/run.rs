//! `reframe run`: one run with a person (or a simulated one), from arguments to data files.

mod again;
mod history;
#[cfg(feature = "gpu")]
mod live;
mod personal;
mod seen;

use super::args::{ClockArg, DisplayMode, ParticipantArg, RunArgs};
use super::failure::{Exit, Failure};
use super::load::{self, Loaded, LoadedRig};
use super::markers;
use super::prepare::{self, label};
use super::progress;
use super::say;
use super::sounds;
use super::summary::Left;
use crate::bids::{
    ExportError, Exported, check_pictures, check_task_sidecar, export_run, keep_pictures,
};
use crate::doctor;
use crate::ground::clock::{Clock, VirtualClock};
use crate::ground::record::{End, Place};
use crate::logger::allocation::{Allocations, Claim, table_path};
use crate::logger::journal::{JournalWriter, WriterOptions};
use crate::logger::lock::Holder;
use crate::logger::rundir::{self, CreateError, Going, RunName};
use crate::plan::compile::History;
use crate::plan::schema::{Length, Phase, RunPlan, Who};
use crate::rig::codes::{spoken, spoken_list};
use crate::rig::parse::trigger_uses;
use crate::rig::schema::{Rig, TriggerSource};
use crate::session::simulate::simulate;
use crate::stimuli::folder::Folder;
use crate::table::Table;
use crossbeam_channel::RecvTimeoutError;
use history::{Before, Earlier};
use indexmap::IndexSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A run that is ready to begin: everything that can be wrong before the screen opens has been looked at.
#[derive(Debug)]
struct Prepared {
    loaded: Loaded,
    rig: LoadedRig,
    triggers: Vec<TriggerSource>,
    data: PathBuf,
    name: RunName,
    /// Why it is a dry run, if it is one.
    why_dry: Option<String>,
    claim: Claim,
    plan: Arc<RunPlan>,
    /// What the person has done before.
    earlier: Vec<Earlier>,
    history: History,
    #[cfg_attr(not(feature = "gpu"), expect(dead_code, reason = "only live runs draw pictures"))]
    pictures: Option<Arc<Folder>>,
}

/// Runs the command.
pub fn run(args: &RunArgs) -> Result<Exit, Failure> {
    if args.clock == ClockArg::Virtual && args.participant == ParticipantArg::Human {
        return Err(Failure::wrong("a virtual clock leaves a person no time")
            .help("add --participant simulated, or leave --clock out"));
    }
    let prepared = prepare(args)?;
    announce(&prepared);
    match args.clock {
        ClockArg::Virtual => run_virtual(&prepared),
        #[cfg(feature = "gpu")]
        ClockArg::Real => {
            let exit = live::run(args, prepared)?;
            if again::is_asked(args, exit) { again::ask(exit) } else { Ok(exit) }
        }
        #[cfg(not(feature = "gpu"))]
        ClockArg::Real => Err(Failure::device(
            "this program was built without a display",
            "use --clock virtual --participant simulated, or build it with its default features",
        )),
    }
}

fn prepare(args: &RunArgs) -> Result<Prepared, Failure> {
    let loaded = load::protocol(&args.protocol, args.pictures.stimuli.as_deref())?;
    let (loaded, language) = prepare::form(loaded, &args.form)?;
    let rig = load::rig(args.rig.as_deref(), &args.protocol)?;
    let named = match args.trigger.is_empty() {
        true => &rig.rig.trigger.sources,
        false => &args.trigger,
    };
    let triggers = named.clone();
    let place = prepare::place(args.place.map(Place::from), &args.trigger, &rig.rig);
    if place == Place::Scanner && triggers.is_empty() {
        return Err(Failure::wrong("a run at the scanner needs a source of pulses").help(
            "add --trigger key:5 or --trigger emulate, name a rig that has one, or --place lab",
        ));
    }
    check_triggers(&rig, &triggers)?;
    prepare::keys(&loaded, &rig.rig)?;
    let sub = label(&args.sub, "--sub")?;
    let ses = args.ses.as_deref().map(|s| label(s, "--ses")).transpose()?;
    let task = label(&loaded.protocol.task.name, "task")?;
    let dry_for_sure = match (args.participant, args.clock, args.display) {
        (ParticipantArg::Simulated, ..) => {
            Some("nobody takes part: the participant is simulated".to_string())
        }
        (_, ClockArg::Virtual, _) => Some("its clock is virtual".into()),
        (.., DisplayMode::Fullscreen) => None,
        _ => Some("it does not fill a screen: for data leave --display out".into()),
    };
    // Placeholders are known only from the plan, and the plan from the allocation of a dataset: a protocol whose
    // table has nothing but placeholders is a dry run wherever it goes.
    let why_dry = dry_for_sure.or_else(|| only_placeholders(&loaded));
    let dry_run = why_dry.is_some();
    let data = args.data.clone().unwrap_or_else(|| {
        let logs = PathBuf::from("logs");
        if dry_run { logs.join("dryrun") } else { logs }
    });
    let mut name = RunName { sub, ses, task, dry_run, run: args.run };
    let Before { earlier, history, first } = history::before(args, &data, &mut name, &loaded)?;
    check_data(&data, &name, args.clock == ClockArg::Real)?;
    let claim = Allocations::read(&data, dry_run)
        .and_then(|mut table| table.plan(&name.sub, name.ses.as_ref(), args.allocation))
        .map_err(Failure::wrong)?;
    if let Some(first) = &first {
        history::same_assignment(&first.who, claim.allocated, &table_path(&data, dry_run))?;
    }
    let who = Who {
        sub: name.sub.to_string(),
        ses: name.ses.as_ref().map(|s| s.to_string()),
        run: name.run,
        allocation: claim.allocated.allocation,
        visit: claim.allocated.visit,
        // The chance of a run that goes on is that of its first part.
        seed: first.as_ref().map_or(args.seed.unwrap_or(1), |first| first.who.seed),
        // What is left of it is told by what it showed, and where.
        place: first.as_ref().map_or(place, |first| first.who.place),
        language: match &first {
            Some(first) if args.form.lang.is_none() => first.who.language.clone(),
            _ => language,
        },
    };
    let volumes = prepare::volumes(&loaded, &rig.rig, &triggers)?;
    let refresh = prepare::refresh(&rig.rig);
    let plan = prepare::plan_after(&loaded, &who, volumes, refresh, &history)?;
    markers::check(&loaded.protocol, &plan, &rig.rig)?;
    check_task_sidecar(&plan, &data).map_err(Failure::wrong)?;
    if !dry_run && prepare::has_placeholders(&loaded, &plan) {
        return Err(Failure::wrong("some pictures of this run only stand in for others")
            .help("replace the rows whose `norms` are `placeholder`, or do a dry run with --display window"));
    }
    // A display loads every picture before anything is shown, and says what is wrong with which; nobody else does.
    let pictures = match args.clock {
        ClockArg::Real => prepare::folder(&loaded)?,
        ClockArg::Virtual => check_pictures_now(&loaded, &plan)?,
    };
    for warning in sounds::check(&loaded, &plan.sounds, Some(&plan))? {
        eprintln!("warning: {warning}");
    }
    check_pictures(&plan, &data, loaded.root.as_deref()).map_err(Failure::wrong)?;
    Ok(Prepared {
        loaded,
        rig,
        triggers,
        data,
        name,
        why_dry,
        claim,
        plan,
        earlier,
        history,
        pictures,
    })
}

fn check_pictures_now(loaded: &Loaded, plan: &RunPlan) -> Result<Option<Arc<Folder>>, Failure> {
    let bar = progress::loading();
    let pictures = prepare::pictures(loaded, [plan], |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    Ok(pictures)
}

/// A trigger that is an answer too (or part of the abort) would be both. Those of the rig itself were looked at with it.
fn check_triggers(rig: &LoadedRig, triggers: &[TriggerSource]) -> Result<(), Failure> {
    let uses: Vec<String> = triggers.iter().flat_map(|t| trigger_uses(&rig.rig, t)).collect();
    match uses.is_empty() {
        true => Ok(()),
        false => Err(Failure::wrong(uses.join("; "))
            .help("take it out of [keys] or [[box]] of the rig, or use another --trigger")),
    }
}

/// Why a task whose pictures are all placeholders gives no data.
fn only_placeholders(loaded: &Loaded) -> Option<String> {
    let placeholder = |norms: Option<&String>| norms.is_some_and(|n| n == "placeholder");
    let all = |t: &Table| t.rows.values().all(|r| placeholder(r.values.get("norms")));
    loaded.table.as_ref().filter(|t| all(t)).map(|_| {
        let tables = loaded.protocol.task.stimuli.join(", ");
        format!(
            "all pictures of {tables} are drawings that stand for others (its column norms says placeholder): put the study's own \
             pictures in their place, as stimuli/README.md explains"
        )
    })
}

/// Refuses a dataset that cannot take this run: it has it already, it is not one for data, or it cannot be written.
fn check_data(data: &Path, name: &RunName, live: bool) -> Result<(), Failure> {
    let disk = |e| {
        Failure::wrong(format!("cannot use {}: {e}", data.display()))
            .help("choose a folder that can be read and written with --data")
    };
    let elsewhere = |text| Err(Failure::wrong(text).help("name another folder with --data"));
    if let Some(part) = rundir::inside_of_dataset(data).map_err(disk)? {
        return elsewhere(format!(
            "{} lies in {}, which belongs to another dataset",
            data.display(),
            part.display()
        ));
    }
    let found = rundir::find_runs(data).map_err(disk)?;
    if !name.dry_run && !found.is_empty() && found.iter().all(|f| f.name.dry_run) {
        return elsewhere(format!(
            "{} was made by dry runs and says so of itself; data would not be taken for data in it",
            data.display()
        ));
    }
    if live {
        check_others(rundir::going_on(data).map_err(disk)?, name)?;
    }
    if let Some(same) = found.into_iter().find(|f| f.name == *name) {
        let next_free = rundir::next_free_run(data, name).map_err(disk)?;
        return Err(Failure::wrong(CreateError::Exists { folder: same.folder, next_free })
            .help("a run that was interrupted goes on with --resume in place of --run"));
    }
    rundir::check_writable(data).map_err(disk)
}

/// Refuses a second run of a person while one goes on, and says what else this computer is busy with.
fn check_others(going: Vec<Going>, name: &RunName) -> Result<(), Failure> {
    for other in going {
        if other.run.name.sub == name.sub {
            return Err(Failure::wrong(CreateError::Held(Box::new(other))));
        }
        if other.holder.as_ref().is_some_and(Holder::is_here) {
            eprintln!(
                "warning: {}; two runs on one computer can make each other late",
                other.text()
            );
        }
    }
    Ok(())
}

fn announce(p: &Prepared) {
    let who = &p.plan.who;
    let kind = if p.name.dry_run { "dry run" } else { "run" };
    let place = match who.place {
        Place::Scanner => "scanner",
        Place::Lab => "lab",
    };
    eprintln!(
        "{kind} {} at the {place}, allocation {}, visit {}",
        p.name,
        who.allocation,
        who.visit + 1
    );
    eprintln!("data: {}", p.data.display());
    history::words(&p.plan, &p.history).iter().for_each(|text| eprintln!("{text}"));
    let ses = p.name.ses.as_ref().and_then(|ses| personal::of_visit(ses.as_str()));
    let labels = personal::of_person(p.name.sub.as_str()).into_iter().chain(ses);
    let seen = if p.plan.restart.is_none() { seen::warnings(p) } else { Vec::new() };
    let room = doctor::storage::little_room(&p.data);
    for text in labels.chain(seen).chain(room) {
        eprintln!("warning: {text}");
    }
    if let Some(why) = &p.why_dry {
        eprintln!(
            "this is a dry run and never data, and is marked so in its file names and its journal, because {why}"
        );
    }
    eprintln!("{}", keys_text(&p.plan, &p.rig.rig));
    if who.place == Place::Scanner {
        let keys = spoken_list(&p.rig.rig.rearm, " and ");
        eprintln!(
            "{keys} held together, within a minute of a wrong start of the scanner, make the run wait for it again"
        );
    }
}

/// The keys that the experimenter must know: those that turn the pages of this run, where it has any, and those that
/// end it.
fn keys_text(plan: &RunPlan, rig: &Rig) -> String {
    // A scale that waits for its confirmation is no page.
    let page =
        |p: &&Phase| p.length == Length::UntilResponse && p.row.is_none() && p.scale.is_none();
    let meanings = plan.phases().filter(page).filter_map(|p| p.response.as_ref());
    let codes = meanings.flat_map(|r| &r.keys).filter_map(|m| rig.keys.get(m)?.first());
    let codes: IndexSet<&str> = codes.map(String::as_str).collect();
    let end = format!(
        "{} puts grey on the screen at once ({} together: go on); {} held together, then a letter for the reason, end the run",
        spoken_list(rig.grey.iter().chain(&rig.grey_button), " or "),
        spoken_list(&rig.go_on, " and "),
        spoken_list(&rig.abort, " and ")
    );
    if codes.is_empty() {
        return end;
    }
    let codes: Vec<String> = codes.into_iter().map(spoken).collect();
    format!("pages turn with {}; {end}", codes.join(" or "))
}

impl Prepared {
    /// Creates the run folder with its journal.
    fn open(
        &self,
        clock: &dyn Clock,
        options: fn(PathBuf) -> WriterOptions,
    ) -> Result<(PathBuf, JournalWriter), Failure> {
        let files = (&self.loaded, &self.rig);
        let which = (&self.name, self.claim);
        // What the files of a run that crashes are made from is in the dataset before its beginning.
        let root = self.loaded.root.as_deref();
        keep_pictures(&self.plan, &self.data, root).map_err(|e| {
            Failure::wrong(e).help("see that the dataset can be written and its disk has room, or choose another with --data")
        })?;
        prepare::open(&self.data, which, &self.plan, files, clock, options)
    }

    /// Closes the journal, writes the BIDS files and says what became of it all.
    fn close(&self, folder: PathBuf, journal: JournalWriter, end: End) -> Exit {
        let finished = journal.finish();
        // Where the dataset could not take the journal, the whole one is elsewhere.
        let folder = finished.fallback.clone().unwrap_or(folder);
        let left = Left {
            folder: &folder,
            data: &self.data,
            plan: &self.plan,
            end: &end,
            journal: &finished,
        };
        // Where the data are comes first: the rest may take its time.
        eprint!("{}", left.text());
        let exported = self.export(&folder, finished.problem.is_some());
        eprint!("{}", left.of_files(&exported));
        if !end.complete {
            self.offer_again();
        }
        say(format_args!("{}\n", folder.display()));
        left.exit(&exported)
    }

    /// Writes the BIDS files, on a thread of its own, for a disk that has failed may never answer.
    fn export(&self, folder: &Path, doubtful: bool) -> Result<Exported, ExportError> {
        let patience = Duration::from_secs(if doubtful { 20 } else { 600 });
        let (data, rig) = (self.data.clone(), self.rig.rig.clone());
        let (folder, root) = (folder.to_path_buf(), self.loaded.root.clone());
        let (done, result) = crossbeam_channel::bounded(1);
        let write = move || {
            // Nobody waits any more where the patience was over.
            let _ = done.send(export_run(&folder, &data, &rig, root.as_deref()));
        };
        let silent = |source: io::Error| ExportError::Io { path: self.data.clone(), source };
        std::thread::Builder::new().name("export".into()).spawn(write).map_err(silent)?;
        match result.recv_timeout(patience) {
            Ok(exported) => exported,
            Err(RecvTimeoutError::Timeout) => {
                let text = format!("the disk has not answered for {} s", patience.as_secs());
                Err(silent(io::Error::new(io::ErrorKind::TimedOut, text)))
            }
            Err(RecvTimeoutError::Disconnected) => {
                Err(silent(io::Error::other("the thread that writes them has panicked")))
            }
        }
    }
}

fn run_virtual(p: &Prepared) -> Result<Exit, Failure> {
    let clock = VirtualClock::new();
    let (folder, mut journal) = p.open(&clock, WriterOptions::at_end)?;
    let start =
        prepare::start(&p.plan, &p.name, &p.loaded, &p.rig, &clock, ("simulated", "virtual"));
    let mut rig = p.rig.rig.clone();
    rig.trigger.sources = p.triggers.clone();
    let end = simulate(&p.plan, &rig, &p.loaded.protocol.simulate, start, &mut journal);
    Ok(p.close(folder, journal, end))
}

#[cfg(test)]
mod tests;
