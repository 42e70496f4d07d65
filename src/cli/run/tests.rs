//! What the experimenter is told before a run.

use super::*;

fn plan() -> RunPlan {
    let loaded = load::protocol(Path::new("protocols/reappraisal-minute.toml"), None).unwrap();
    let rig = Rig::default();
    let (sub, ses, place) = ("01".into(), None, Place::Lab);
    let who =
        Who { sub, ses, run: 1, allocation: 0, visit: 0, seed: 1, place, language: "en".into() };
    let volumes = prepare::volumes(&loaded, &rig, &[]).unwrap();
    RunPlan::clone(&prepare::plan(&loaded, &who, volumes, 60.0).unwrap())
}

#[test]
fn the_keys_that_turn_the_pages_of_this_run_are_named_as_the_rig_has_them() {
    let mut plan = plan();
    let mut rig = Rig::default();
    assert_eq!(
        keys_text(&plan, &rig),
        "pages turn with Space or Enter; Escape puts grey on the screen at once (Escape and Tab together: go on); Escape and \
         Q held together, then a letter for the reason, end the run"
    );
    rig.keys["continue"] = vec!["KeyN".into(), "Space".into()];
    let pages = plan.segments.iter_mut().flat_map(|s| &mut s.phases);
    let page = pages.into_iter().find(|p| p.length == Length::UntilResponse).unwrap();
    let keys = ["right", "continue", "left", "right"].map(str::to_string);
    page.response.as_mut().unwrap().keys = keys.into();
    assert_eq!(
        keys_text(&plan, &rig),
        "pages turn with right arrow or N or left arrow; Escape puts grey on the screen at once (Escape and Tab together: go \
         on); Escape and Q held together, then a letter for the reason, end the run"
    );
}

#[test]
fn nothing_is_said_of_pages_where_a_run_has_none() {
    let mut plan = plan();
    for segment in &mut plan.segments {
        segment.phases.retain(|p| p.length != Length::UntilResponse);
    }
    let text = keys_text(&plan, &Rig::default());
    assert!(text.starts_with("Escape puts grey on the screen"), "{text}");
}

#[test]
fn the_command_that_starts_anew_goes_on_with_the_run_and_survives_a_shell() {
    let told = |line: &[&str]| line.iter().map(|w| w.to_string()).collect::<Vec<_>>();
    let line = told(&["reframe", "run", "my task.toml", "--run", "1", "--sub", "01"]);
    let command = |line: &[String]| super::again::command(line);
    assert_eq!(command(&line), "reframe run 'my task.toml' --sub 01 --resume");
    let line = told(&["reframe", "run", "a", "--run=3"]);
    assert_eq!(command(&line), "reframe run a --resume");
    // How it was to go on holds for what is left of it.
    let line = told(&["reframe", "run", "a (b).toml", "--resume=spare", "--data", "x`y"]);
    assert_eq!(command(&line), "reframe run 'a (b).toml' --data 'x`y' --resume=spare");
}
