//! Elements that can be seen through, ellipses and borders, and pictures that are changed when they are loaded.

use super::*;
use reframe::ground::recipe::{Flip, Look, Recipe, Scramble};
use reframe::stimuli::derive::apply;

fn px(n: f64) -> Extent {
    Extent::Px(n)
}

fn shape(width: f64, height: f64, color: Rgb, stroke: Option<f64>) -> Shape {
    Shape { width: px(width), height: px(height), color, stroke: stroke.map(px) }
}

fn at(x: f64, y: f64, opacity: f64, kind: ElementKind) -> Element {
    Element { id: format!("{x} {y}"), x: px(x), y: px(y), depth: 0, opacity, kind }
}

fn cross(size: f64, thickness: f64, color: Rgb) -> ElementKind {
    ElementKind::Fixation { size: px(size), thickness: px(thickness), color }
}

fn drawn(o: &mut Offscreen, background: Rgb, elements: Vec<Element>) -> RgbaImage {
    o.render(&scene(background, elements), Nanos::ZERO, false).unwrap()
}

#[test]
fn elements_of_every_kind_but_scales_can_be_seen_through() {
    let mut o = plain();
    o.add_picture(StimulusId("p".into()), &photo(150, 100)).unwrap();
    let bar = ElementKind::Rect(shape(400.0, 60.0, Rgb([0, 90, 200]), None));
    let image = drawn(
        &mut o,
        Rgb::GREY,
        vec![
            at(0.0, 60.0, 1.0, bar),
            at(-110.0, 60.0, 0.5, picture("p", PictureSize::Native)),
            at(60.0, 80.0, 0.4, cross(90.0, 20.0, Rgb::WHITE)),
            at(140.0, 60.0, 0.3, ElementKind::Rect(shape(60.0, 90.0, Rgb::BLACK, None))),
            at(-120.0, -70.0, 0.5, ElementKind::Ellipse(shape(100.0, 60.0, Rgb::WHITE, None))),
            at(-30.0, -70.0, 0.5, ElementKind::Rect(shape(60.0, 60.0, Rgb::WHITE, Some(10.0)))),
            at(110.0, -70.0, 0.35, text("LOOK", 0.16, None)),
        ],
    );
    held("opacity", &image);
}

/// White over black at this opacity, as light adds up.
fn over_black(opacity: f64) -> u8 {
    let encoded = 1.055 * opacity.powf(1.0 / 2.4) - 0.055;
    (encoded * 255.0).round() as u8
}

#[test]
fn opacity_is_in_linear_light_and_the_middle_of_a_cross_is_like_its_arms() {
    let mut o = plain();
    let white = [255, 255, 255, 255].repeat(40 * 40);
    o.add_picture(StimulusId("p".into()), &Pixels { width: 40, height: 40, rgba: white }).unwrap();
    for opacity in [0.2, 0.5, 0.9] {
        let square = shape(40.0, 40.0, Rgb::WHITE, None);
        let kinds = [
            ElementKind::Rect(square),
            ElementKind::Ellipse(square),
            picture("p", PictureSize::Native),
            picture("p", PictureSize::Height(px(80.0))),
            cross(60.0, 20.0, Rgb::WHITE),
            // A letter that is all middle.
            text("\u{2588}", 0.3, None),
        ];
        for kind in kinds {
            let image = drawn(&mut o, Rgb::BLACK, vec![at(0.0, 0.0, opacity, kind.clone())]);
            let middle = image.get_pixel(200, 150).0[0];
            assert!(middle.abs_diff(over_black(opacity)) <= 1, "{kind:?} {opacity}: {middle}");
            if matches!(kind, ElementKind::Fixation { .. }) {
                let seen: Vec<u8> = image.pixels().map(|p| p.0[0]).filter(|&v| v > 0).collect();
                assert_eq!(seen.len(), 60 * 20 * 2 - 20 * 20);
                assert!(seen.iter().all(|&v| v == middle), "{opacity}");
            }
        }
    }
}

#[test]
fn ellipses_and_outlines_have_their_sizes() {
    let mut o = plain();
    o.add_picture(StimulusId("p".into()), &photo(100, 70)).unwrap();
    let red = Rgb([200, 30, 30]);
    let image = drawn(
        &mut o,
        Rgb::GREY,
        vec![
            at(-120.0, 70.0, 1.0, ElementKind::Ellipse(shape(120.0, 80.0, Rgb::WHITE, None))),
            at(20.0, 70.0, 1.0, ElementKind::Ellipse(shape(100.0, 100.0, red, Some(8.0)))),
            at(140.0, 70.0, 1.0, ElementKind::Ellipse(shape(31.0, 91.0, Rgb::BLACK, Some(3.0)))),
            at(-110.0, -70.0, 1.0, picture("p", PictureSize::Native)),
            at(-110.0, -70.0, 1.0, ElementKind::Rect(shape(116.0, 86.0, red, Some(8.0)))),
            at(20.0, -70.0, 1.0, ElementKind::Rect(shape(61.0, 41.0, Rgb::WHITE, Some(1.0)))),
            at(120.0, -70.0, 1.0, ElementKind::Rect(shape(40.0, 60.0, Rgb::WHITE, Some(30.0)))),
        ],
    );
    held("shapes", &image);
    // A border of opaque bytes: the picture that it goes around is untouched.
    let p = photo(100, 70);
    for (x, y, pixel) in image.enumerate_pixels() {
        let (i, j) = (x.wrapping_sub(40), y.wrapping_sub(185));
        if i < 100 && j < 70 {
            let at = ((j * 100 + i) * 4) as usize;
            assert_eq!(pixel.0[..3], p.rgba[at..at + 3], "{x} {y}");
        }
    }
    assert_eq!(image.get_pixel(33, 220).0, [200, 30, 30, 255]);
    assert_eq!(image.get_pixel(31, 220).0, [128, 128, 128, 255]);
}

/// A picture in which things can be recognised: a face of discs and strokes on a smooth ground.
fn drawing() -> Pixels {
    let mut p = photo(120, 90);
    for (i, pixel) in p.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (x, y) = ((i % 120) as f64 - 60.0, (i / 120) as f64 - 45.0);
        let disc = |cx: f64, cy: f64, r: f64| f64::hypot(x - cx, y - cy) < r;
        if disc(0.0, 0.0, 38.0) {
            *pixel = [235, 190, 150, 255];
        }
        if disc(-14.0, -10.0, 6.0) || disc(14.0, -10.0, 6.0) {
            *pixel = [30, 60, 120, 255];
        }
        if disc(0.0, 4.0, 24.0) && !disc(0.0, 0.0, 23.0) {
            *pixel = [170, 30, 40, 255];
        }
    }
    p
}

/// The picture by each of these recipes, side by side and pixel by pixel.
fn sheet(looks: &[(f64, f64, Look)]) -> RgbaImage {
    let mut o = plain();
    let mut elements = Vec::new();
    for (i, (x, y, look)) in looks.iter().enumerate() {
        let recipe = Recipe { look: look.clone(), seed: 7 };
        let made = apply(&recipe, drawing()).unwrap();
        let name = i.to_string();
        o.add_picture(StimulusId(name.clone()), &made).unwrap();
        elements.push(at(*x, *y, 1.0, picture(&name, PictureSize::Native)));
    }
    drawn(&mut o, Rgb::GREY, elements)
}

#[test]
fn pictures_are_flipped_cropped_and_tinted_and_pass_through_byte_for_byte() {
    let plain = Look::default();
    let crop = Some([0.25, 0.1, 0.25, 0.5]);
    let image = sheet(&[
        (-130.0, 70.0, plain.clone()),
        (0.0, 70.0, Look { flip: Some(Flip::H), ..plain.clone() }),
        (130.0, 70.0, Look { flip: Some(Flip::V), ..plain.clone() }),
        (-130.0, -70.0, Look { flip: Some(Flip::Both), ..plain.clone() }),
        (0.0, -70.0, Look { crop, ..plain.clone() }),
        (130.0, -70.0, Look { tint: Some(Rgb([255, 120, 120])), ..plain }),
    ]);
    held("looks", &image);
    let p = drawing();
    for y in 0..90 {
        for x in 0..120 {
            let at = ((y * 120 + 119 - x) * 4) as usize;
            let pixel = image.get_pixel(140 + x, 35 + y).0;
            assert_eq!(pixel[..3], p.rgba[at..at + 3], "{x} {y}");
        }
    }
}

#[test]
fn scrambled_pictures_cannot_be_recognised() {
    let of = |scramble| Look { scramble: Some(scramble), ..Look::default() };
    held(
        "scrambles",
        &sheet(&[
            (-130.0, 70.0, Look::default()),
            (0.0, 70.0, of(Scramble::Phase)),
            (130.0, 70.0, of(Scramble::Pixels)),
            (-130.0, -70.0, of(Scramble::Blocks(16))),
            (0.0, -70.0, of(Scramble::Blocks(7))),
            (130.0, -70.0, Look { tint: Some(Rgb([120, 255, 120])), ..of(Scramble::Phase) }),
        ]),
    );
}
