//! From arguments to a plan: who, where, which pictures, which folder. Nothing is written before the run is
//! opened, which is when it uses up its number and its place in the study.

use super::args::FormArgs;
use super::failure::Failure;
use super::load::{Loaded, LoadedRig};
use crate::ground::clock::Clock;
use crate::ground::hash::sha256_hex;
use crate::ground::recipe::Made;
use crate::ground::record::{JOURNAL_VERSION, Place, Start};
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::logger::allocation::Claim;
use crate::logger::journal::{JournalWriter, SyncRule, WriterOptions};
use crate::logger::rundir::{self, Given, Label, RunName};
use crate::plan::compile::{History, compile_after};
use crate::plan::schema::{Length, Phase, Pulses, RunPlan, VolumeSetup, Who};
use crate::rig::schema::{PulseFor, Rig, TriggerSource};
use crate::stimuli::folder::{Checked, Folder};
use indexmap::IndexSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A label from the command line.
pub fn label(text: &str, option: &str) -> Result<Label, Failure> {
    text.parse().map_err(|e| Failure::wrong(format!("{option}: {e}")))
}

/// The task in the form that was asked for, and the language of its texts.
pub fn form(mut loaded: Loaded, form: &FormArgs) -> Result<(Loaded, String), Failure> {
    let language = language(&loaded, form.lang.as_deref())?;
    if form.no_practice {
        loaded.protocol = loaded.protocol.without_practice();
    }
    Ok((loaded, language))
}

/// The language that was asked for, or that of the protocol itself.
pub fn language(loaded: &Loaded, told: Option<&str>) -> Result<String, Failure> {
    let known = loaded.protocol.languages();
    let language = told.unwrap_or(known[0]);
    if !known.contains(&language) {
        let text = format!("{} has no texts in language \"{language}\"", loaded.source.path);
        let known = known.join(", ");
        return Err(Failure::wrong(text).help(format!(
            "it has {known}: choose with --lang, or write the texts in each [words.NAME]"
        )));
    }
    Ok(language.to_string())
}

/// What the scanner of a rig makes of a task.
pub fn volumes(
    loaded: &Loaded,
    rig: &Rig,
    triggers: &[TriggerSource],
) -> Result<VolumeSetup, Failure> {
    let own = loaded.protocol.task.tr;
    let emulated = triggers.iter().find(|t| matches!(t, TriggerSource::Emulate(_)));
    let tr = match emulated {
        // Every second pulse of a scanner that is too fast would be refused as off phase.
        Some(TriggerSource::Emulate(Some(tr))) if own.is_some_and(|own| own != *tr) => {
            let own = own.unwrap_or_default();
            return Err(Failure::wrong(format!(
                "the emulated scanner has a TR of {tr} s, and {} one of {own} s",
                loaded.source.path
            ))
            .help(format!("write emulate:{own} or emulate alone, or correct `tr` of the task")));
        }
        Some(TriggerSource::Emulate(Some(tr))) => Some(*tr),
        _ => own,
    };
    if tr.is_none() && matches!(rig.trigger.each, PulseFor::Slice(_)) {
        let text = format!(
            "{} has no repetition time, and the scanner sends a pulse for each slice",
            loaded.source.path
        );
        return Err(Failure::wrong(text).help("write tr of [task] in seconds, as in tr = 2.0"));
    }
    Ok(VolumeSetup {
        tr: tr.map_or(Nanos::ZERO, Nanos::from_secs),
        expected: loaded.protocol.task.volumes,
        dummies: rig.trigger.dummies,
        dummies_pulse: rig.trigger.dummies_pulse,
        dummies_stored: rig.trigger.dummies_stored,
        pulses: match rig.trigger.each {
            PulseFor::Volume => Pulses::Volume,
            PulseFor::Slice(n) => Pulses::Slice(n),
            PulseFor::Start => Pulses::Start,
        },
    })
}

/// Whether the rig has a key for everything the protocol listens to; all that lack one are told.
pub fn keys(loaded: &Loaded, rig: &Rig) -> Result<(), Failure> {
    let has_key = |meaning: &str| rig.keys.get(meaning).is_some_and(|codes| !codes.is_empty());
    let mut lacking: Vec<String> = Vec::new();
    for need in loaded.protocol.needs() {
        for meaning in need.lacking(has_key, rig.pointer.is_some()) {
            let text = format!("phase \"{}\" listens to \"{meaning}\"", need.phase);
            if !lacking.contains(&text) {
                lacking.push(text);
            }
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    let text = format!("rig \"{}\" has no key for: {}", rig.name, lacking.join("; "));
    Err(Failure::wrong(text).help("add them to [keys] of the rig, as in left = \"ArrowLeft\""))
}

/// The refresh rate that a rig expects, in hertz; 60 where it expects none.
pub fn refresh(rig: &Rig) -> f64 {
    rig.screen.refresh_hz.unwrap_or(60.0)
}

/// The plan of one run, for a screen of this refresh rate.
pub fn plan(
    loaded: &Loaded,
    who: &Who,
    volumes: VolumeSetup,
    refresh_hz: f64,
) -> Result<Arc<RunPlan>, Failure> {
    plan_after(loaded, who, volumes, refresh_hz, &History::default())
}

/// The same for a person who was there before.
pub fn plan_after(
    loaded: &Loaded,
    who: &Who,
    volumes: VolumeSetup,
    refresh_hz: f64,
    history: &History,
) -> Result<Arc<RunPlan>, Failure> {
    let table = loaded.table.as_ref();
    let plan = compile_after(&loaded.protocol, table, who, volumes, refresh_hz, history)
        .map(Arc::new)
        .map_err(|e| Failure::wrong(format!("{}: {e}", loaded.source.path)))?;
    let waits = |p: &&Phase| matches!(p.length, Length::UntilVolume { .. });
    if let (Pulses::Start, Some(phase)) = (volumes.pulses, plan.phases().find(waits)) {
        let text = format!(
            "phase \"{}\" waits for a volume, and the scanner sends a pulse at the start alone",
            phase.name
        );
        return Err(Failure::wrong(text).help(
            "give the phase a duration, or write each = \"volume\" in [trigger] of the rig",
        ));
    }
    Ok(plan)
}

/// The pictures of plans, each of them readable; all that is wrong is told at once.
pub fn pictures<'a>(
    loaded: &Loaded,
    plans: impl IntoIterator<Item = &'a RunPlan>,
    progress: impl FnMut(usize, usize),
) -> Result<Option<Arc<Folder>>, Failure> {
    let plans: Vec<&RunPlan> = plans.into_iter().collect();
    let ids = plans.iter().flat_map(|p| p.pictures.keys().cloned()).collect();
    pictures_of(loaded, &ids, plans.iter().flat_map(|p| p.made.values()), progress)
}

/// The same for pictures that are named, and those that are made of them.
pub fn pictures_of<'a>(
    loaded: &Loaded,
    ids: &IndexSet<StimulusId>,
    made: impl IntoIterator<Item = &'a Made>,
    progress: impl FnMut(usize, usize),
) -> Result<Option<Arc<Folder>>, Failure> {
    let Some(folder) = folder(loaded)? else { return Ok(None) };
    let ids: Vec<StimulusId> = ids.iter().cloned().collect();
    usable(folder.check_all(&ids, made, progress), ids.len())?;
    Ok(Some(folder))
}

/// The folder of a protocol's pictures, none of which has been looked at; none where it shows no pictures.
pub fn folder(loaded: &Loaded) -> Result<Option<Arc<Folder>>, Failure> {
    let Some(root) = &loaded.root else { return Ok(None) };
    Folder::new(root, loaded.table.clone().unwrap_or_default())
        .map(|f| Some(Arc::new(f)))
        .map_err(Failure::wrong)
}

/// Says what was found of so many pictures; fails where one cannot be used, and names all of those.
pub fn usable(checked: Checked, of: usize) -> Result<(), Failure> {
    for note in &checked.notes {
        eprintln!("note: {note}");
    }
    if checked.problems.is_empty() {
        return Ok(());
    }
    let problems: String = checked.problems.iter().map(|p| format!("error: {p}\n")).collect();
    let text = format!("{} of {of} pictures cannot be used", checked.problems.len());
    Err(Failure { problems, ..Failure::wrong(text) })
}

/// Whether a plan shows pictures that only stand in for real ones (column `norms` is `placeholder`), or boxes in their place.
pub fn has_placeholders(loaded: &Loaded, plan: &RunPlan) -> bool {
    let boxes = |phase: &Phase| loaded.protocol.shows_placeholder(&phase.name);
    if plan.phases().any(boxes) {
        return true;
    }
    let Some(table) = &loaded.table else { return false };
    let stands_in = |id: &StimulusId| {
        table.rows.get(id).and_then(|r| r.values.get("norms")).is_some_and(|n| n == "placeholder")
    };
    plan.pictures.keys().any(stands_in)
}

/// Creates the folder of a run with its journal. From here on the run number and the allocation are used.
pub fn open(
    data: &Path,
    (name, claim): (&RunName, Claim),
    plan: &RunPlan,
    (loaded, rig): (&Loaded, &LoadedRig),
    clock: &dyn Clock,
    options: fn(PathBuf) -> WriterOptions,
) -> Result<(PathBuf, JournalWriter), Failure> {
    let plan_json = plan.to_json();
    let given = Given {
        plan_json: &plan_json,
        protocol_toml: &loaded.source.text,
        rig_toml: &rig.text,
        claim,
    };
    // Only a run in real time goes on long enough for others to come upon it.
    let live = options(PathBuf::new()).sync != SyncRule::AtEnd;
    let (folder, lock) = match live {
        true => rundir::begin(data, name, given, clock.wall()).map(|(f, lock)| (f, Some(lock))),
        false => rundir::create(data, name, given, clock.wall()).map(|f| (f, None)),
    }
    .map_err(Failure::wrong)?;
    let spare = spare();
    let options = match rescued(data) {
        Some(own) => WriterOptions { spare: Some(spare).filter(|s| is_own(s)), ..options(own) },
        None => options(spare),
    };
    let journal = JournalWriter::create(&folder, options).map_err(|e| {
        Failure::wrong(format!("cannot write the journal in {}: {e}", folder.display()))
            .help("check that the disk has room and the folder can be written")
    })?;
    Ok(match lock {
        Some(lock) => (folder, journal.holding(lock)),
        None => (folder, journal),
    })
}

/// Where it goes if those files cannot be written either: a folder for each user, since all have the same temporary files.
pub fn spare() -> PathBuf {
    let name = match own_number() {
        Some(number) => format!("reframe-rescued-{number}"),
        None => "reframe-rescued".into(),
    };
    std::env::temp_dir().join(name)
}

/// Whether a folder among the temporary files is of this user's own making, or not there. Where the system does not tell,
/// those files are nobody else's.
pub fn is_own(spare: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::symlink_metadata(spare).ok().map(|m| m.uid());
        owner.is_none_or(|owner| own_number().is_none_or(|own| own == owner))
    }
    #[cfg(not(unix))]
    {
        let _ = spare;
        true
    }
}

/// The system's number of this user.
fn own_number() -> Option<u32> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata("/proc/self").ok().map(|m| m.uid())
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Where the journal goes that the dataset could not take: among the user's own files, which outlive a restart.
/// None where that would be in the dataset again.
pub fn rescued(data: &Path) -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let state = folder("XDG_STATE_HOME")
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".local").join("state")))?;
    let real = |p: &Path| p.canonicalize().unwrap_or_else(|_| p.to_path_buf());
    (!real(&state).starts_with(real(data))).then(|| state.join("reframe").join("rescued"))
}

/// The first line of the journal.
pub fn start(
    plan: &RunPlan,
    name: &RunName,
    loaded: &Loaded,
    rig: &LoadedRig,
    clock: &dyn Clock,
    (participant, clock_name): (&str, &str),
) -> Start {
    Start {
        version: JOURNAL_VERSION,
        program: env!("CARGO_PKG_NAME").into(),
        program_version: env!("CARGO_PKG_VERSION").into(),
        task: plan.task.name.clone(),
        sub: plan.who.sub.clone(),
        ses: plan.who.ses.clone(),
        run: plan.who.run,
        continues_run: plan.restart.as_ref().map(|r| r.before),
        dry_run: name.dry_run,
        place: plan.who.place,
        participant: participant.into(),
        clock: clock_name.into(),
        wall: clock.wall().to_rfc3339(),
        operating_system: operating_system(),
        plan_sha256: plan.sha256(),
        protocol_sha256: sha256_hex(loaded.source.text.as_bytes()),
        rig_sha256: sha256_hex(rig.text.as_bytes()),
    }
}

/// `Debian GNU/Linux 12 (bookworm)` where the system says so, else the kind of system.
fn operating_system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|l| l.strip_prefix("PRETTY_NAME="));
    name.map_or_else(|| std::env::consts::OS.to_string(), |n| n.trim_matches('"').to_string())
}

/// Where a run takes place: as told; at the scanner where a trigger was named on the command line; as the rig
/// says; else at the scanner if there is a trigger.
pub fn place(told: Option<Place>, triggers: &[TriggerSource], rig: &Rig) -> Place {
    let named = triggers.first().map(|_| Place::Scanner);
    let guess = if !rig.trigger.sources.is_empty() { Place::Scanner } else { Place::Lab };
    told.or(named).or(rig.place).unwrap_or(guess)
}
