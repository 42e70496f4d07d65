//! A practice that is begun anew: whole runs with a page that leads back.

use super::*;
use reframe::ground::scene::StimulusId;

/// A page, a practice of one picture with an answer and a page that can begin it anew, and one second of the task.
fn with_practice() -> RunPlan {
    let mut plan = row_of(&[(1.0, true), (1.0, true), (1.0, true), (1.0, true)]);
    let mut phases = std::mem::take(&mut plan.segments[0].phases);
    for (i, p) in phases.iter_mut().enumerate() {
        p.onset = if i == 2 { secs(1.0) } else { Nanos::ZERO };
        p.practice = i == 1 || i == 2;
    }
    let window = |keys: &[&str]| {
        let keys = keys.iter().map(|k| k.to_string()).collect();
        Some(ResponseWindow { keys, ..Default::default() })
    };
    for i in [0, 2] {
        phases[i].length = Length::UntilResponse;
        phases[i].response = window(&["continue"]);
    }
    phases[1].response = window(&["left"]);
    for (i, p) in phases.iter_mut().enumerate() {
        let mut picture = scale_element();
        picture.kind = ElementKind::Picture {
            stimulus: StimulusId(format!("p{i}")),
            size: reframe::ground::scene::PictureSize::Fit,
        };
        p.scene.elements.push(picture);
    }
    phases[2].again = Some(Again { keys: vec!["again".into()], segment: 1 });
    let task = phases.split_off(3);
    let practice = phases.split_off(1);
    plan.segments = vec![
        Segment { anchor: Anchor::Start, phases },
        Segment { anchor: Anchor::Response, phases: practice },
        Segment { anchor: Anchor::Response, phases: task },
    ];
    plan
}

/// Presses of a practice that is begun anew so often, every 2.5 s: an answer, then a page.
fn practised(times: i64) -> Vec<(Nanos, Input)> {
    let press = |ms, code: &str, meaning| (at(ms), key(at(ms), code, Some(meaning), true));
    let mut all = vec![press(1_000, "Space", "continue")];
    for i in 0..=times {
        all.push(press(1_500 + 2_500 * i, "ArrowLeft", "left"));
        let (code, meaning) = if i < times { ("KeyA", "again") } else { ("Space", "continue") };
        all.push(press(3_500 + 2_500 * i, code, meaning));
    }
    all
}

#[test]
fn a_practice_can_be_begun_anew_as_often_as_somebody_likes() {
    for times in [0, 1, 5] {
        for latency in [0, 80, 250] {
            let disturbance = Disturbance { lags: vec![0, 2, 1], latencies: vec![latency] };
            let went = run(with_practice(), disturbance, practised(times));
            assert!(went.end().complete);
            let phases: Vec<u32> = went.onsets().iter().map(|o| o.phase).collect();
            let passes = (0..=times).flat_map(|_| [1, 2]);
            assert_eq!(phases, [0].into_iter().chain(passes).chain([3]).collect::<Vec<_>>());
            let tickets: Vec<u64> = went.onsets().iter().map(|o| o.ticket).collect();
            assert_eq!(tickets, (1..=tickets.len() as u64).collect::<Vec<_>>());
            let answered = went.outcomes().iter().filter(|o| o.phase == 1).all(|o| {
                matches!(&o.answer, Answer::Button { meaning: Some(m), presses: 1, .. } if m == "left")
            });
            assert!(answered && went.outcomes().len() as i64 == 1 + 2 * (times + 1));
            let begun: Vec<(u32, String)> = went.of(|r| match r {
                Record::Segment { index, anchor } => Some((*index, anchor.clone())),
                _ => None,
            });
            assert_eq!(begun.len() as i64, 3 + times);
            assert!(begun[1..].iter().all(|(_, by)| by == "response"), "{begun:?}");
            assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
        }
    }
}

#[test]
fn the_pictures_of_a_practice_are_announced_before_it_can_begin_anew_and_when_it_does() {
    let went = run(with_practice(), Disturbance::none(), practised(1));
    let times = |name: &str| went.announced.iter().filter(|p| *p == name).count();
    // Ahead of its first pass, with the page that can begin it anew, and both again in the second pass.
    assert_eq!((times("p0"), times("p1")), (1, 4), "{:?}", went.announced);
    assert!(times("p3") >= 1);
}

#[test]
fn a_second_pass_is_not_late_because_its_first_began_with_the_run() {
    let mut plan = with_practice();
    // The practice begins the run.
    plan.segments.remove(0);
    plan.segments[0].anchor = Anchor::Start;
    for (i, p) in plan.segments.iter_mut().flat_map(|s| &mut s.phases).enumerate() {
        p.index = i as u32;
        if let Some(again) = &mut p.again {
            again.segment = 0;
        }
    }
    let went = run(plan, Disturbance::none(), practised(2)[1..].to_vec());
    assert!(went.end().complete);
    assert!(went.onsets().iter().all(|o| !o.late), "{:#?}", went.onsets());
}

#[test]
fn an_abort_in_the_middle_of_a_second_pass_keeps_both_passes() {
    let mut touches: Vec<(Nanos, Input)> =
        practised(3).into_iter().filter(|(t, _)| *t < at(4_300)).collect();
    touches.push((at(4_300), Input::Abort { stamp: at(4_300), reason: "ended".into() }));
    let went = run(with_practice(), Disturbance::none(), touches);
    assert_eq!(went.outcomes().iter().map(|o| o.phase).collect::<Vec<_>>(), [0, 1, 2, 1]);
    assert_eq!(replay(went.plan.clone(), &went.journal).unwrap().differences, vec![]);
}
