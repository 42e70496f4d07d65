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
