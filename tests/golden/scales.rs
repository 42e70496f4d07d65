//! Scales of every kind in every state.

use super::*;

fn shown(name: &str, (width, height): (u32, u32), view: ScaleView, background: Rgb) -> RgbaImage {
    let mut o = Offscreen::new(width, height, &Screen::default(), None).expect("an adapter");
    let s = scene(background, vec![element(0.0, 0, ElementKind::Scale(view))]);
    let image = o.render(&s, Nanos::ZERO, false).unwrap();
    held(name, &image);
    image
}

fn view(look: ScaleLook, anchors: &[&str], marker: f64) -> ScaleView {
    ScaleView {
        look,
        question: "How much do you agree?".into(),
        anchors: anchors.iter().map(|a| a.to_string()).collect(),
        width: Extent::Share(1.0),
        text_height: Extent::Share(0.05),
        color: Rgb::WHITE,
        marker: Marker::At(marker),
        confirmed: false,
        countdown: None,
    }
}

fn points(labels: &[&str]) -> ScaleLook {
    ScaleLook::Points { labels: labels.iter().map(|l| l.to_string()).collect() }
}

fn figures(figures: Figures, points: u32, mirrored: bool) -> ScaleLook {
    ScaleLook::Figures { figures, points, mirrored }
}

const DARK: Rgb = Rgb([40, 40, 40]);
const SMALL_SCREEN: (u32, u32) = (400, 300);
const NUMBERS: [&str; 7] = ["1", "2", "3", "4", "5", "6", "7"];

#[test]
fn a_row_of_points_shows_its_marker_unmoved_at_the_ends_and_confirmed() {
    let anchors = ["not at all", "completely"];
    for (name, at, confirmed) in [
        ("points-unmoved", 0.5, false),
        ("points-left", 0.0, false),
        ("points-right", 1.0, false),
        ("points-confirmed", 5.0 / 6.0, true),
    ] {
        let countdown = confirmed
            .then_some(Countdown { end: Nanos::from_secs(3.0), last: Nanos::from_secs(4.0) });
        let v = ScaleView { confirmed, countdown, ..view(points(&NUMBERS), &anchors, at) };
        shown(name, SMALL_SCREEN, v, DARK);
    }
}

#[test]
fn figures_of_each_kind_stand_in_a_row_over_nine_points() {
    for (name, kind, question, anchors) in [
        ("figures-valence", Figures::Valence, "How do you feel?", ["unpleasant", "pleasant"]),
        ("figures-arousal", Figures::Arousal, "How excited are you?", ["calm", "excited"]),
        (
            "figures-dominance",
            Figures::Dominance,
            "How much are you in control?",
            ["controlled", "in control"],
        ),
    ] {
        let v = ScaleView {
            question: question.into(),
            text_height: Extent::Share(0.04),
            width: Extent::Share(1.2),
            ..view(figures(kind, 9, false), &anchors, 0.5)
        };
        shown(name, (800, 600), v, DARK);
    }
}

#[test]
fn figures_can_run_from_right_to_left_and_have_one_point_each_on_any_background() {
    let ink = Rgb([20, 30, 90]);
    let base = |kind| ScaleView {
        color: ink,
        text_height: Extent::Share(0.06),
        width: Extent::Share(1.2),
        question: "How do you feel?".into(),
        ..view(figures(kind, 5, true), &["pleasant", "unpleasant"], 0.0)
    };
    let paper = Rgb([225, 215, 190]);
    shown("figures-mirrored", SMALL_SCREEN, base(Figures::Valence), paper);
    let countdown = Some(Countdown { end: Nanos::from_secs(2.0), last: Nanos::from_secs(4.0) });
    let v = ScaleView {
        marker: Marker::At(1.0),
        confirmed: true,
        countdown,
        anchors: vec!["excited".into(), "calm".into()],
        ..base(Figures::Arousal)
    };
    shown("figures-confirmed", SMALL_SCREEN, v, paper);
}

#[test]
fn nine_labels_of_twenty_letters_can_be_read_on_a_small_screen() {
    let labels = [
        "Nachdenklichkeitlich",
        "Bescheidenheitsgrade",
        "Unzufriedenheitsstuf",
        "Ausgeglichenheitswer",
        "Gleichgewichtspunkte",
        "Zufriedenheitsniveau",
        "Begeisterungsfaehige",
        "Freudenausbruchsnahe",
        "Glueckseligkeitsfern",
    ];
    assert!(labels.iter().all(|l| l.chars().count() == 20));
    let v = ScaleView {
        width: Extent::Share(1.25),
        text_height: Extent::Share(0.04),
        ..view(points(&labels), &["wenig", "viel"], 0.25)
    };
    shown("points-long", (800, 600), v, DARK);
}

#[test]
fn sentences_are_wrapped_under_their_points() {
    let labels = [
        "stimme überhaupt nicht zu",
        "stimme eher nicht zu",
        "weder noch",
        "stimme eher zu",
        "stimme voll und ganz zu",
    ];
    let v = ScaleView {
        question:
            "Ich habe mich sehr bemüht, die Bilder so zu betrachten, wie es mir gesagt wurde."
                .into(),
        width: Extent::Share(1.2),
        text_height: Extent::Share(0.04),
        countdown: Some(Countdown { end: Nanos::from_secs(7.0), last: Nanos::from_secs(9.0) }),
        ..view(points(&labels), &["Ablehnung", "Zustimmung"], 1.0)
    };
    shown("points-german", (800, 600), v, DARK);
}

#[test]
fn labels_at_the_ends_alone_take_the_room_of_empty_ones() {
    let mut labels = [""; 9];
    (labels[0], labels[4], labels[8]) = ("überhaupt nicht", "einigermaßen", "außerordentlich");
    let v = ScaleView { width: Extent::Share(1.1), ..view(points(&labels), &[], 0.0) };
    shown("points-ends", SMALL_SCREEN, v, DARK);
}

#[test]
fn scales_are_read_from_right_to_left_where_their_script_is() {
    let line = ScaleView {
        question: "עד כמה הרגשת רע? (0–100)".into(),
        ..view(ScaleLook::Line, &["מאוד מאוד", "כלל לא"], 1.0)
    };
    shown("line-he", SMALL_SCREEN, line, DARK);
    let labels = ["أوافق بشدة", "أوافق", "محايد", "لا أوافق", "لا أوافق بشدة"];
    let row = ScaleView {
        question: "بذلتُ جهدًا كبيرًا.".into(),
        text_height: Extent::Share(0.06),
        width: Extent::Share(1.2),
        ..view(points(&labels), &[], 0.75)
    };
    shown("points-ar", SMALL_SCREEN, row, DARK);
}

#[test]
fn the_marker_of_a_line_reaches_both_ends() {
    for (name, at) in [("line-left", 0.0), ("line-right", 1.0)] {
        let countdown =
            Some(Countdown { end: Nanos::from_secs(12.0), last: Nanos::from_secs(20.0) });
        let v = ScaleView { countdown, ..view(ScaleLook::Line, &["not at all", "extremely"], at) };
        shown(name, SMALL_SCREEN, v, DARK);
    }
}
