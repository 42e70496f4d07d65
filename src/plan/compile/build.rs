//! One occurrence becomes one phase of the plan: its scene, its window, its scale and its row.

use super::made::Studio;
use super::{CompileError, Occurrence, expand};
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
}

/// Builds one phase that begins at `onset` of its segment.
pub(super) fn phase(
    c: &Context<'_>,
    index: u32,
    onset: Nanos,
    drawn_seconds: Option<f64>,
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
        elements.push(element(c, e, scale.as_ref())?);
    }
    let length = match &def.duration {
        DurationDef::Seconds(s) => Length::Time(Nanos::from_secs(*s)),
        DurationDef::Choose(_) | DurationDef::Uniform(..) => {
            Length::Time(Nanos::from_secs(drawn_seconds.expect("a drawn duration has a value")))
        }
        DurationDef::Frames(n) => {
            Length::Frames { frames: *n, nominal: Nanos::from_secs(f64::from(*n) / c.refresh_hz) }
        }
        DurationDef::UntilResponse(_) => Length::UntilResponse,
        DurationDef::UntilTrigger => Length::UntilTrigger,
    };
    let again = c.practice.filter(|_| !def.again.is_empty());
    let again = again.map(|segment| Again { keys: def.again.clone(), segment });
    Ok(Phase {
        index,
        name: name.clone(),
        onset,
        length,
        scene: Scene { background: c.protocol.task.background, elements },
        response: response(c, def, length)?,
        scale,
        row: if c.practice.is_some() { None } else { row(c, def)? },
        mark: def.mark,
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
                CompileError::NoColumn(self.occurrence.name.clone(), column.to_string())
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
        ElementKindDef::Picture { from, size, look } => {
            ElementKind::Picture { stimulus: c.studio.picture(&c.drawn[from], look), size: *size }
        }
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

fn response(
    c: &Context<'_>,
    def: &PhaseDef,
    length: Length,
) -> Result<Option<ResponseWindow>, CompileError> {
    if let Some(r) = &def.response {
        let anticipation = Nanos::from_secs(r.anticipation);
        let window = r.window.map(Nanos::from_secs).or(length.nominal());
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
        if let Some(right) = correct.as_ref().filter(|right| !possible.contains(right)) {
            let name = c.occurrence.name.clone();
            let possible: Vec<&str> = possible.into_iter().map(String::as_str).collect();
            return Err(CompileError::NoSuchAnswer(name, right.clone(), possible.join(", ")));
        }
        return Ok(Some(ResponseWindow {
            keys: r.keys.clone(),
            answers,
            anticipation,
            correct,
            window: r.window.map(Nanos::from_secs),
        }));
    }
    Ok(match &def.duration {
        DurationDef::UntilResponse(keys) => {
            Some(ResponseWindow { keys: keys.clone(), ..ResponseWindow::default() })
        }
        _ => None,
    })
}

fn row(c: &Context<'_>, def: &PhaseDef) -> Result<Option<Row>, CompileError> {
    let Some(trial_type) = &def.trial_type else { return Ok(None) };
    let mut columns = IndexMap::new();
    for (name, template) in &def.columns {
        columns.insert(name.clone(), c.text(template)?);
    }
    let trial_type = c.text(trial_type)?;
    if !c.protocol.trial_types.contains_key(&trial_type) {
        return Err(CompileError::UnknownTrialType(c.occurrence.name.clone(), trial_type));
    }
    Ok(Some(Row { trial_type, picture: c.drawn.values().next().cloned(), columns }))
}

/// What BIDS wants to know of the protocol as a whole: the same for every run of it, whatever its language, but for
/// the instructions, which are those of `spoken`.
pub(super) fn task_doc(
    protocol: &Protocol,
    spoken: &Protocol,
    table: Option<&Table>,
    who: &Who,
) -> Result<TaskDoc, CompileError> {
    let protocol = &protocol.in_language(&protocol.task.language)?;
    let known = expand::of_run(spoken, who);
    let instructions = spoken.task.instructions.fill(|v| known.get(v).map(String::as_str));
    let instructions = instructions.map_err(CompileError::Instructions)?;
    let trial_types = protocol.trial_types.iter().map(|(name, t)| {
        (name.clone(), TrialTypeText { description: t.description.clone(), hed: t.hed.clone() })
    });
    let columns = protocol.columns.iter().map(|(name, c)| {
        let text = ColumnText {
            description: c.description.clone(),
            units: c.units.clone(),
            levels: c.levels.clone(),
        };
        (name.clone(), text)
    });
    let scales = protocol.scales.iter().map(|(name, s)| {
        let text = ScaleText {
            question: s.question.0.clone(),
            left: s.left,
            right: s.right,
            anchors: s.anchors.iter().map(|t| t.0.clone()).collect(),
            higher_means: s.higher_means.clone(),
            unit: s.unit.clone(),
            kind: match &s.kind {
                ScaleKindDef::Vas => "visual analogue scale".into(),
                ScaleKindDef::Likert { .. } => "Likert scale".into(),
                ScaleKindDef::Sam { figures, .. } => {
                    let shown = match figures {
                        Figures::Valence => "valence",
                        Figures::Arousal => "arousal",
                        Figures::Dominance => "dominance",
                    };
                    format!("self-assessment manikin ({shown})")
                }
            },
            labels: match &s.kind {
                ScaleKindDef::Likert { labels } => labels.iter().map(|t| t.0.clone()).collect(),
                ScaleKindDef::Vas | ScaleKindDef::Sam { .. } => Vec::new(),
            },
            points: s.kind.points(),
            continuous: s.continuous,
            reversible: s.reverse.is_some(),
        };
        (name.clone(), text)
    });
    let rows = || protocol.phases.values().filter(|p| p.trial_type.is_some());
    let shows_picture =
        |p: &PhaseDef| p.elements.iter().any(|e| matches!(e.kind, ElementKindDef::Picture { .. }));
    let task = &protocol.task;
    Ok(TaskDoc {
        name: task.name.clone(),
        title: task.title.clone(),
        description: task.description.clone(),
        instructions,
        status: task.status.clone(),
        cog_atlas_id: task.cog_atlas_id.clone(),
        cog_po_id: task.cog_po_id.clone(),
        trial_types: trial_types.collect(),
        columns: columns.collect(),
        scales: scales.collect(),
        has_buttons: rows().any(|p| p.response.is_some()),
        has_given: rows().filter_map(|p| p.response.as_ref()).any(|r| !r.answers.is_empty()),
        has_pictures: rows().any(shows_picture),
        has_unshared: table.is_some_and(|t| t.rows.values().any(|r| !r.share)),
    })
}
