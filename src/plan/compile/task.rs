//! What a plan says of the task as a whole, and its marks: nothing here depends on chance.

use super::{CompileError, expand};
use crate::ground::scene::{Figures, Scene};
use crate::ground::time::Nanos;
use crate::plan::schema::*;
use crate::protocol::schema::*;
use crate::table::Table;

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
    let by_file = |p: &PhaseDef| {
        let of = |e: &ElementDef| match &e.kind {
            ElementKindDef::Picture { of, .. } => matches!(of, PictureOf::File(_)),
            _ => false,
        };
        p.elements.iter().any(of)
    };
    let shows_file = rows().any(by_file);
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
        has_sounds: rows().any(|p| !p.sounds.is_empty()),
        has_pictures: rows().any(shows_picture),
        has_unshared: table.is_some_and(|t| t.rows.values().any(|r| !r.share)) || shows_file,
    })
}

/// The moments that get a row of their own; they are numbered behind the `phases` of the run.
pub(super) fn marks(protocol: &Protocol, phases: usize) -> Vec<Phase> {
    let row = |mark: &MarkDef| Row {
        trial_type: mark.trial_type.clone(),
        picture: None,
        columns: mark.columns.iter().map(|(c, t)| (c.clone(), t.0.clone())).collect(),
    };
    let numbered = protocol.marks.iter().zip(phases as u32..);
    let phase = |(mark, index): (&MarkDef, u32)| Phase {
        index,
        name: "mark".into(),
        onset: Nanos::from_secs(mark.at),
        length: Length::Time(Nanos::ZERO),
        at_most: None,
        scene: Scene::blank(protocol.task.background),
        response: None,
        scale: None,
        row: Some(row(mark)),
        mark: false,
        event_code: None,
        sounds: Vec::new(),
        practice: false,
        again: None,
        variables: Default::default(),
    };
    numbered.map(phase).collect()
}
