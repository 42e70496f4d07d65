//! `reframe check`: every problem of a protocol at once, then its timeline, frames, volumes and pictures.

mod everyone;
#[cfg(feature = "gpu")]
mod fit;
#[cfg(feature = "gpu")]
pub(super) mod fonts;
mod form;
mod scales;
mod strained;

use super::args::CheckArgs;
use super::failure::{Exit, Failure};
use super::load::{self, Loaded};
use super::markers;
use super::prepare;
use super::say;
use super::sounds;
use crate::ground::document::value::counted;
use crate::ground::record::Place;
use crate::ground::scene::StimulusId;
use crate::ground::time::Nanos;
use crate::plan::schema::{Length, RunPlan, Who};
use crate::plan::timing::{
    RATES, lengths, pictures_per_type, rounding, stored_from_anchor, timed_length, timeline,
    unshowable, windows_cut_short,
};
use everyone::Everyone;
use form::write_form;
use indexmap::IndexMap;
use std::fmt::Write;
use strained::{late_marks, strained_totals};

/// Checks each protocol; all failures are told, and the last one decides the exit code.
pub fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for path in &args.protocols {
        match check(args, path) {
            Ok(text) => say(format_args!("{text}")),
            Err(failure) => {
                eprint!("{failure}");
                exit = failure.exit;
            }
        }
    }
    Ok(exit)
}

fn check(args: &CheckArgs, path: &std::path::Path) -> Result<String, Failure> {
    let loaded = load::protocol(path, args.pictures.stimuli.as_deref())?;
    let rig = load::rig(args.rig.as_deref(), path)?;
    let volumes = prepare::volumes(&loaded, &rig.rig, &rig.rig.trigger.sources)?;
    let who = Who {
        sub: "check".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: args.seed,
        place: args.place.into(),
        language: prepare::language(&loaded, args.lang.as_deref())?,
    };
    prepare::keys(&loaded, &rig.rig)?;
    let refresh = prepare::refresh(&rig.rig);
    let everyone = everyone::plan(&loaded, &who, volumes, refresh)?;
    let plan = prepare::plan(&loaded, &who, volumes, refresh)?;
    markers::check(&loaded.protocol, &plan, &rig.rig)?;
    let mut plans = vec![plan];
    if args.lang.is_none() {
        for language in loaded.protocol.languages().into_iter().skip(1) {
            let who = Who { language: language.to_string(), ..who.clone() };
            plans.push(prepare::plan(&loaded, &who, volumes, refresh)?);
        }
    }
    let plan = &plans[0];
    prepare::pictures_of(&loaded, &everyone.pictures, &everyone.made, |_, _| {})?;
    let mut out = String::new();
    // The desk that stands in where no rig is named is nobody's screen.
    let hz = args.rig.as_ref().and(rig.rig.screen.refresh_hz);
    let mut warnings = windows_cut_short(plan);
    warnings
        .iter_mut()
        .for_each(|w| w.push_str("; shorten its `window`, or leave more time between them"));
    let unshowable = hz.iter().flat_map(|hz| unshowable(plan, *hz));
    warnings.extend(unshowable.map(|text| format!("in this room, {text}")));
    warnings.extend(sounds::check(&loaded, &loaded.protocol.sounds, Some(plan))?);
    warnings.extend(scales::warnings(&loaded.protocol, plan));
    warnings.extend(scan_ends_early(plan));
    warnings.extend(late_marks(plan));
    warnings.extend(strained_totals(&loaded.protocol, plan));
    warnings.extend(everyone::never_shown(&loaded.protocol, &everyone, who.place));
    warnings.extend(everyone::left_out(&everyone));
    #[cfg(feature = "gpu")]
    for plan in &plans {
        warnings.extend(fonts::warnings(plan, &rig.rig.screen.fonts));
        warnings.extend(fit::warnings(plan, &rig.rig.screen));
    }
    write_report(&mut out, &loaded, plan, hz, (&everyone, &warnings))
        .expect("writing to a string cannot fail");
    Ok(out)
}

fn write_report(
    out: &mut String,
    loaded: &Loaded,
    plan: &RunPlan,
    rig_hz: Option<f64>,
    (everyone, warnings): (&Everyone, &[String]),
) -> std::fmt::Result {
    let task = &plan.task;
    writeln!(
        out,
        "{}: task-{} \"{}\" ({})\n",
        loaded.source.path, task.name, task.title, task.status
    )?;
    write_form(out, &loaded.protocol, plan)?;
    write_timeline(out, plan)?;
    write_frames(out, plan, rig_hz)?;
    write_volumes(out, plan)?;
    let pictures = pictures_per_type(plan);
    if !pictures.is_empty() {
        writeln!(out, "\nPictures shown, by trial type")?;
        for (kind, n) in &pictures {
            writeln!(out, "  {n:>4}  {kind}")?;
        }
        let rows = loaded.table.as_ref().map_or(0, |t| t.rows.len());
        let listed =
            |id: &&StimulusId| loaded.table.as_ref().is_some_and(|t| t.rows.contains_key(*id));
        let of_table = plan.pictures.keys().filter(listed).count();
        writeln!(out, "  {of_table:>4}  of {rows} in the stimulus table")?;
        let by_file = plan.pictures.len() - of_table;
        if by_file > 0 {
            writeln!(out, "  {by_file:>4}  by their file")?;
        }
    }
    let sounds = sounds_played(plan);
    if !sounds.is_empty() {
        writeln!(out, "\nSounds played")?;
        for (name, n) in &sounds {
            writeln!(out, "  {n:>4}  {name}")?;
        }
    }
    if let Some(text) = everyone::summary(everyone) {
        writeln!(out, "\n{text}")?;
    }
    for text in warnings {
        writeln!(out, "\nwarning: {text}")?;
    }
    match warnings.len() {
        0 => writeln!(out, "\nno problem found\n"),
        n => writeln!(out, "\n{}, no error\n", counted(n, "warning")),
    }
}

/// How often each sound is begun, those that are repeated counted once.
fn sounds_played(plan: &RunPlan) -> IndexMap<&str, u32> {
    let mut sounds = IndexMap::new();
    for cue in plan.phases().flat_map(|p| &p.sounds) {
        *sounds.entry(cue.sound.as_str()).or_default() += 1;
    }
    sounds
}

fn write_timeline(out: &mut String, plan: &RunPlan) -> std::fmt::Result {
    writeln!(out, "Timeline (order and pictures of allocation 0, seed {})", plan.who.seed)?;
    writeln!(
        out,
        "{:>10} {:>9}  {:>6}  {:<16} {:<20} ends",
        "onset s", "lasts s", "volume", "phase", "trial type"
    )?;
    for line in timeline(plan) {
        let onset = line.onset.map_or("-".into(), |t| format!("{:.3}", t.secs()));
        let volume = line.volume.map_or("-".into(), |v| v.to_string());
        let (lasts, ends) = match line.phase.length {
            Length::Time(t) => (format!("{:.3}", t.secs()), String::new()),
            Length::Frames { frames, nominal, .. } => {
                (format!("{:.3}", nominal.secs()), format!("after {frames} frames"))
            }
            Length::UntilResponse => {
                let keys = line.phase.response.as_ref().map(|r| r.keys.join(" or "));
                let limit = line.phase.at_most;
                let limit = limit.map_or(String::new(), |t| format!(", at most {:.3} s", t.secs()));
                ("-".into(), format!("with {}{limit}", keys.unwrap_or_default()))
            }
            Length::UntilTrigger => ("-".into(), "with the first counted pulse".into()),
            Length::UntilVolume { volumes } => {
                ("-".into(), format!("with the pulse of volume {volumes} from there"))
            }
        };
        let kind = match (&line.phase.row, line.phase.practice) {
            (Some(row), _) => row.trial_type.as_str(),
            (None, true) => "(practice)",
            (None, false) => "",
        };
        let name = &line.phase.name;
        let text = format!("{onset:>10} {lasts:>9}  {volume:>6}  {name:<16} {kind:<20} {ends}");
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// More different lengths than this are told as a range: they are drawn, and nobody reads them one by one.
const MANY: usize = 3;

fn write_frames(out: &mut String, plan: &RunPlan, rig_hz: Option<f64>) -> std::fmt::Result {
    let mut rates: Vec<f64> = RATES.to_vec();
    if let Some(hz) = rig_hz {
        rates.retain(|r| *r != hz);
        rates.insert(0, hz);
    }
    write!(
        out,
        "\nDurations in frames, and by how much they are off\n{:<16} {:>13}",
        "phase", "s"
    )?;
    for hz in &rates {
        write!(out, "  {:>16}", format!("{hz} Hz"))?;
    }
    writeln!(out)?;
    for (name, all) in lengths(plan) {
        let seconds = |l: &Length| l.nominal().unwrap_or_default().secs();
        if all.len() > MANY {
            let (from, to) =
                all.iter().map(seconds).fold((f64::MAX, 0.0_f64), |(a, b), s| (a.min(s), b.max(s)));
            write!(out, "{name:<16} {:>13}", format!("{from:.3}-{to:.3}"))?;
            for hz in &rates {
                let errors = all.iter().filter_map(|l| rounding(*l, *hz)).map(|r| r.error.abs());
                let worst = errors.max().unwrap_or_default();
                write!(out, "  {:>16}", format!("up to {:.1} ms", worst.millis()))?;
            }
            writeln!(out, "  {} lengths", all.len())?;
            continue;
        }
        for length in &all {
            write!(out, "{name:<16} {:>13.3}", seconds(length))?;
            for hz in &rates {
                let Some(r) = rounding(*length, *hz) else { continue };
                let cannot = matches!(length, Length::Frames { timed: true, .. }) && r.is_off();
                let error = if cannot {
                    "refused".to_string()
                } else if r.is_off() {
                    format!("{} {:+.1} ms", r.frames, r.error.millis())
                } else {
                    format!("{} ok", r.frames)
                };
                write!(out, "  {error:>16}")?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

fn write_volumes(out: &mut String, plan: &RunPlan) -> std::fmt::Result {
    let timed = timed_length(plan);
    if timed > Nanos::ZERO {
        writeln!(out, "\nTimed part: {:.3} s", timed.secs())?;
    }
    let v = &plan.volumes;
    if v.tr == Nanos::ZERO || plan.who.place == Place::Lab {
        return Ok(());
    }
    let needed = timed.secs() / v.tr.secs();
    writeln!(out, "Volumes: {needed:.2} of {:.3} s", v.tr.secs())?;
    if let Some(expected) = stored_from_anchor(v) {
        let scanned = v.tr * i64::from(expected);
        let left = scanned - timed;
        let verdict = match left.0 {
            0 => "the scan ends with the task".to_string(),
            n if n > 0 => format!("the scan goes on for {:.3} s after the task", left.secs()),
            _ if scanned >= end_of_data(plan) => {
                format!(
                    "the scan covers all that has data, and ends {:.3} s before the last screen does",
                    -left.secs()
                )
            }
            _ => format!("the scan ends {:.3} s before the task", -left.secs()),
        };
        writeln!(out, "Expected: {expected} volumes, {:.3} s; {verdict}", scanned.secs())?;
    }
    if v.dummies > 0 {
        let pulse = if v.dummies_pulse { "with pulses" } else { "without pulses" };
        let stored = if v.dummies_stored { "stored" } else { "not stored" };
        writeln!(out, "Dummies: {} before that, {pulse}, {stored}", v.dummies)?;
    }
    Ok(())
}

/// A scan that is over before all that has data, as a warning.
fn scan_ends_early(plan: &RunPlan) -> Option<String> {
    let v = &plan.volumes;
    if v.tr == Nanos::ZERO || plan.who.place == Place::Lab {
        return None;
    }
    let scanned = v.tr * i64::from(stored_from_anchor(v)?);
    let missing = timed_length(plan) - scanned;
    (missing > Nanos::ZERO && scanned < end_of_data(plan)).then(|| {
        format!("the scan ends {:.3} s before the task: raise `volumes` of [task]", missing.secs())
    })
}

/// When the last phase that has a row is over, from onset zero.
fn end_of_data(plan: &RunPlan) -> Nanos {
    let lines = timeline(plan);
    let with_rows = lines.iter().filter(|l| l.phase.row.is_some());
    let ends =
        with_rows.filter_map(|l| Some(l.onset? + l.phase.length.nominal().unwrap_or_default()));
    ends.max().unwrap_or_default()
}
