//! `reframe storyboard`: a figure of a task, as SVG and as PNG beside each other.

#[cfg(feature = "gpu")]
mod files;

use super::args::StoryboardArgs;
use super::failure::{Exit, Failure};

/// Runs the command.
#[cfg(feature = "gpu")]
pub fn run(args: &StoryboardArgs) -> Result<Exit, Failure> {
    use super::args::FormArgs;
    use super::{load, prepare};
    use crate::ground::ports::PictureSource;
    use crate::ground::scene::StimulusId;
    use crate::plan::schema::Who;
    use crate::stimuli::folder::Watched;
    use crate::storyboard::figure::{FigureError, USUAL, draw, size_of};
    use crate::storyboard::story;
    use indexmap::IndexSet;

    let loaded = load::protocol(&args.protocol, args.pictures.stimuli.as_deref())?;
    let form = FormArgs { lang: args.lang.clone(), no_practice: true };
    let (loaded, language) = prepare::form(loaded, &form)?;
    let files = files::Files::new(args.out.as_deref(), &loaded.protocol.task.name)?;
    let rig = load::rig(args.rig.as_deref(), &args.protocol)?.rig;
    let volumes = prepare::volumes(&loaded, &rig, &rig.trigger.sources)?;
    let who = Who {
        sub: "01".into(),
        ses: None,
        run: 1,
        allocation: 0,
        visit: 0,
        seed: args.seed,
        place: args.place.into(),
        language,
    };
    let plan = prepare::plan(&loaded, &who, volumes, prepare::refresh(&rig))?;
    let spoken = loaded.protocol.in_language(&who.language).map_err(Failure::wrong)?;
    let story = story::tell(&spoken, &plan);
    let shown = story::phases(&story);
    let phases = plan.phases().filter(|p| shown.contains(&p.index));
    let pictures: IndexSet<StimulusId> =
        phases.flat_map(|p| p.scene.pictures()).map(|id| plan.original(id).clone()).collect();
    let folder = prepare::pictures_of(&loaded, &pictures, plan.made.values(), |_, _| {})?;
    // The desk that stands in where no rig is named is nobody's screen.
    let usual = if args.rig.is_some() { size_of(&rig.screen) } else { USUAL };
    let size = args.size.unwrap_or(usual);
    let source = folder.map(|folder| Watched::new(folder, plan.made.clone()));
    let load = |id: &_| match &source {
        Some(source) => source.load(id),
        None => Err(format!("picture \"{id}\" has no folder")),
    };
    let figure = draw(&story, &plan, &rig.screen, size, load).map_err(|e| match e {
        FigureError::Drawing(e) => Failure::device(&e, e.remedy()),
        FigureError::Picture(text) => Failure::wrong(text),
    })?;
    files.write(&figure)?;
    let unshared = |id: &&StimulusId| plan.pictures.get(*id).is_some_and(|p| !p.share);
    let unshared: Vec<&str> = pictures.iter().filter(unshared).map(|id| id.0.as_str()).collect();
    if !unshared.is_empty() {
        let names = unshared.join(", ");
        eprintln!(
            "warning: the figure shows pictures that may not be shared ({names}); another --seed draws others"
        );
    }
    Ok(Exit::Done)
}

/// Says that it cannot.
#[cfg(not(feature = "gpu"))]
pub fn run(_: &StoryboardArgs) -> Result<Exit, Failure> {
    let remedy = "build it with its default features";
    Err(Failure::device("this program was built without a display", remedy))
}
