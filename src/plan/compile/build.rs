//! One occurrence becomes one phase of the plan: its scene and sounds, its window, its scale and its row.

use super::made::Studio;
use super::{CompileError, Occurrence, lasting, pictures, sounds};
use crate::ground::record::Place;
use crate::ground::scene::*;
use crate::ground::time::Nanos;
use crate::plan::randomise::unit;
use crate::plan::schema::*;
use crate::protocol::schema::*;
use crate::table::Table;
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;

/// What a phase is built from.
pub(super) struct Context<'a> {
    pub protocol: &'a Protocol,
    pub table: Option<&'a Table>,
    pub occurrence: &'a Occurrence,
    pub drawn: &'a IndexMap<String, StimulusId>,
    pub studio: &'a Studio<'a>,
    /// The phase before it in its segment.
    pub before: Option<&'a Phase>,
    /// The segment that the practice around it begins with.
    pub practice: Option<u32>,
    /// The rate at which frames take their place in the schedule, in hertz.
    pub refresh_hz: f64,
    /// Repetition time; zero where there is none.
    pub tr: Nanos,
}

/// Builds one phase that begins at `onset` of its segment.
pub(super) fn phase(
    c: &Context<'_>,
    index: u32,
    onset: Nanos,
    drawn: Option<Nanos>,
    rng: &mut ChaCha8Rng,
) -> Result<Phase, CompileError> {
    let name = &c.occurrence.name;
    let def = &c.protocol.phases[name];
    let scale = def.elements.iter().find_map(|e| match &e.kind {
        ElementKindDef::Scale { scale } => Some((scale, &c.protocol.scales[scale])),
        _ => None,
    });
    let scale = scale.map(|(name, def)| plan_scale(c, name, def, rng)).transpose()?;
    let mut elements = Vec::new();
    for e in &def.elements {
        match &e.kind {
            ElementKindDef::Placeholder { label, height } => {
                elements.extend(placeholder(c, e, label, *height)?);
            }
            _ => elements.push(element(c, e, scale.as_ref())?),
        }
    }
    let place = match c.occurrence.variables.get("place") {
        Some(place) if *place == Place::Lab.name() => Place::Lab,
        _ => Place::Scanner,
    };
    let here = lasting::Here { phase: name, place, drawn, refresh_hz: c.refresh_hz, tr: c.tr };
    let length = lasting::length(&def.duration, &here, |t| c.text(t))?;
    let at_most = match &def.duration {
        DurationDef::UntilResponse { at_most, .. } => at_most.map(Nanos::from_secs),
        _ => None,
    };
    let again = c.practice.filter(|_| !def.again.is_empty());
    let again = again.map(|segment| Again { keys: def.again.clone(), segment });
    let scene = Scene { background: c.protocol.task.background, elements };
    Ok(Phase {
        index,
        name: name.clone(),
        onset,
        length,
        at_most,
        response: response(c, def, length)?,
        scale,
        row: if c.practice.is_some() { None } else { row(c, def, &scene)? },
        scene,
        mark: def.mark,
        sounds: sounds::cues(c.protocol, (name, &def.sounds), |t| c.text(t))?,
        event_code: if c.practice.is_some() { None } else { event_code(c, def)? },
        practice: c.practice.is_some(),
        again,
        variables: c.occurrence.variables.clone(),
    })
}

fn plan_scale(
    c: &Context<'_>,
    name: &str,
    def: &ScaleDef,
    rng: &mut ChaCha8Rng,
) -> Result<Scale, CompileError> {
    let points = def.kind.points();
    let reversed = match def.reverse.as_ref().map(|t| c.text(t)).transpose()?.as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(value) => {
            let (phase, scale) = (c.occurrence.name.clone(), name.to_string());
            return Err(CompileError::Reverse { phase, scale, value: value.to_string() });
        }
    };
    let before = c
        .before
        .and_then(|p| p.scale.as_ref())
        .filter(|s| def.continuous && s.continuous && s.name == name && s.reversed == reversed);
    let drawn = match (before, def.start) {
        (Some(before), _) => before.start,
        (None, ScaleStart::At(p)) => p,
        (None, ScaleStart::Random(low, high)) => low + (high - low) * unit(rng),
    };
    let start = points.map_or(drawn, |n| {
        let last = f64::from(n - 1);
        (drawn * last).round() / last
    });
    let (left, right) = if reversed { (def.right, def.left) } else { (def.left, def.right) };
    Ok(Scale {
        name: name.to_string(),
        points,
        left,
        right,
        reversed,
        start,
        key_left: def.keys.left.clone(),
        key_right: def.keys.right.clone(),
        key_confirm: def.keys.confirm.clone().filter(|_| !def.continuous),
        picks: (def.keys.pick.iter().cloned()).zip(0..).collect(),
        pick_confirms: def.keys.pick_confirms && !def.continuous,
        step: def.step,
        delay: Nanos::from_secs(def.hold.delay),
        speed: def.hold.speed,
        acceleration: def.hold.acceleration,
        top_speed: def.hold.top_speed,
        repeat: Nanos::from_secs(def.repeat),
        countdown: def.countdown.map(Nanos::from_secs),
        pointer: def.pointer,
        continuous: def.continuous,
        volume: def.volume,
        continues: before.is_some(),
    })
}

impl Context<'_> {
    /// A template with variables and columns of the pictures on screen put in.
    fn text(&self, template: &Template) -> Result<String, CompileError> {
        let lookup = |name: &str| match name.split_once('.') {
            Some((source, column)) => {
                let id = self.drawn.get(source)?;
                self.table?.rows[id].values.get(column).map(String::as_str)
            }
            None => self.occurrence.variables.get(name).map(String::as_str),
        };
        template.fill(lookup).map_err(|v| match v.split_once('.') {
            Some((_, column)) => {
                let columns = self.table.map(|t| t.columns.join(", ")).unwrap_or_default();
                CompileError::NoColumn(self.occurrence.name.clone(), column.to_string(), columns)
            }
            None => CompileError::UnknownVariable(v, self.occurrence.name.clone()),
        })
    }
}

fn element(
    c: &Context<'_>,
    def: &ElementDef,
    scale: Option<&Scale>,
) -> Result<Element, CompileError> {
    let ink = c.protocol.task.color;
    let kind = match &def.kind {
        ElementKindDef::Picture { of, size, look } => {
            let original = match of {
                PictureOf::Drawn { from, .. } => c.drawn[from].clone(),
                PictureOf::File(file) => pictures::of_file(c.table, &c.text(file)?),
            };
            ElementKind::Picture { stimulus: c.studio.picture(&original, look), size: *size }
        }
        ElementKindDef::Placeholder { .. } => unreachable!("a placeholder is two elements"),
        ElementKindDef::Text { text, height, wrap, color } => ElementKind::Text {
            text: c.text(text)?,
            height: *height,
            wrap: *wrap,
            color: color.unwrap_or(ink),
        },
        ElementKindDef::Fixation { size, thickness, color } => ElementKind::Fixation {
            size: *size,
            thickness: *thickness,
            color: color.unwrap_or(ink),
        },
        ElementKindDef::Rect(shape) => ElementKind::Rect(*shape),
        ElementKindDef::Ellipse(shape) => ElementKind::Ellipse(*shape),
        ElementKindDef::Scale { scale: name } => {
            let def = &c.protocol.scales[name];
            let reversed = scale.is_some_and(|s| s.reversed);
            let texts = |list: &[Template]| -> Result<Vec<String>, CompileError> {
                let mut texts = list.iter().map(|t| c.text(t)).collect::<Result<Vec<_>, _>>()?;
                if reversed {
                    texts.reverse();
                }
                Ok(texts)
            };
            let look = match &def.kind {
                ScaleKindDef::Vas => ScaleLook::Line,
                ScaleKindDef::Likert { labels } => ScaleLook::Points { labels: texts(labels)? },
                ScaleKindDef::Sam { figures, points } => {
                    ScaleLook::Figures { figures: *figures, points: *points, mirrored: reversed }
                }
            };
            ElementKind::Scale(ScaleView {
                look,
                question: c.text(&def.question)?,
                anchors: texts(&def.anchors)?,
                width: def.width,
                text_height: def.text_height,
                color: def.color.unwrap_or(ink),
                marker: Marker::At(scale.map_or(0.5, |s| s.start)),
                confirmed: false,
                countdown: None,
            })
        }
    };
    let (x, y, depth, opacity) = (def.x, def.y, def.depth, def.opacity);
    Ok(Element { id: def.id.clone(), x, y, depth, opacity, kind })
}

/// Height of the label of a placeholder, as a share of its box.
const LABEL: f64 = 0.06;

/// A box and its label.
fn placeholder(
    c: &Context<'_>,
    def: &ElementDef,
    label: &Template,
    height: Extent,
) -> Result<[Element; 2], CompileError> {
    let times = |by: f64| match height {
        Extent::Deg(n) => Extent::Deg(n * by),
        Extent::Px(n) => Extent::Px(n * by),
        Extent::Share(n) => Extent::Share(n * by),
    };
    let (x, y, depth, opacity) = (def.x, def.y, def.depth, def.opacity);
    let element = |id: String, kind| Element { id, x, y, depth, opacity, kind };
    let width = times(4.0 / 3.0);
    let text = ElementKind::Text {
        text: c.text(label)?,
        height: times(LABEL),
        wrap: Some(times(1.2)),
        color: Rgb::WHITE,
    };
    Ok([
        element(
            def.id.clone(),
            ElementKind::Rect(Shape { width, height, color: Rgb([80; 3]), stroke: None }),
        ),
        element(format!("{}_label", def.id), text),
    ])
}

fn response(
    c: &Context<'_>,
    def: &PhaseDef,
    length: Length,
) -> Result<Option<ResponseWindow>, CompileError> {
    if let Some(r) = &def.response {
        let anticipation = Nanos::from_secs(r.anticipation);
        // Those that count through a later phase are known when that has its place.
        let own = match r.window {
            Some(Window::Seconds(s)) => Some(Nanos::from_secs(s)),
            Some(Window::Through(_)) | None => None,
        };
        let window = match r.window {
            Some(Window::Through(_)) => None,
            _ => own.or(length.nominal()),
        };
        if let Some(window) = window.filter(|w| *w <= anticipation && r.anticipation > 0.0) {
            let phase = c.occurrence.name.clone();
            return Err(CompileError::OnlyAnticipations { phase, anticipation, window });
        }
        let correct = r.correct.as_ref().map(|t| c.text(t)).transpose()?;
        let answers = (r.answers.iter())
            .map(|(key, answer)| Ok((key.clone(), c.text(answer)?)))
            .collect::<Result<IndexMap<_, _>, CompileError>>()?;
        let possible: Vec<&String> =
            if answers.is_empty() { r.keys.iter().collect() } else { answers.values().collect() };
        if let Some(right) =
            correct.as_ref().filter(|right| !possible.contains(right) && *right != NO_PRESS)
        {
            let name = c.occurrence.name.clone();
            let possible: Vec<&str> = possible.into_iter().map(String::as_str).collect();
            return Err(CompileError::NoSuchAnswer(name, right.clone(), possible.join(", ")));
        }
        return Ok(Some(ResponseWindow {
            keys: r.keys.clone(),
            answers,
            anticipation,
            correct,
            window: own,
        }));
    }
    Ok(match &def.duration {
        DurationDef::UntilResponse { keys, .. } => {
            Some(ResponseWindow { keys: keys.clone(), ..ResponseWindow::default() })
        }
        _ => None,
    })
}

fn event_code(c: &Context<'_>, def: &PhaseDef) -> Result<Option<u8>, CompileError> {
    let Some(marker) = &def.marker else { return Ok(None) };
    let value = c.text(&marker.of)?;
    let code = marker.code(&value);
    code.map(Some).ok_or_else(|| CompileError::EventCode(c.occurrence.name.clone(), value))
}

fn row(c: &Context<'_>, def: &PhaseDef, scene: &Scene) -> Result<Option<Row>, CompileError> {
    let Some(trial_type) = &def.trial_type else { return Ok(None) };
    let mut columns = IndexMap::new();
    for (name, template) in &def.columns {
        columns.insert(name.clone(), c.text(template)?);
    }
    let trial_type = c.text(trial_type)?;
    if !c.protocol.trial_types.contains_key(&trial_type) {
        return Err(CompileError::UnknownTrialType(c.occurrence.name.clone(), trial_type));
    }
    // What was drawn says more of a trial than what always stands there.
    let drawn = def.elements.iter().find_map(|e| c.drawn.get(e.kind.source()?)).cloned();
    let first = || scene.pictures().next().map(|id| c.studio.original(id));
    let picture = drawn.or_else(first);
    Ok(Some(Row { trial_type, picture, columns }))
}
