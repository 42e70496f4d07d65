//! What scenes look like, held against pictures in tests/golden/. `REFRAME_BLESS=1 cargo test --test golden`
//! writes them anew; look at each one before it is committed.
//!
//! Tolerance: text and filtered pictures may differ by up to 40 in a channel on at most 1 % of the pixels, and
//! by up to 4 anywhere, which is what rasterisers and their rounding differ by. A native picture may not
//! differ at all.
#![cfg(feature = "gpu")]

use image::{Rgba, RgbaImage};
use reframe::ground::ports::Pixels;
use reframe::ground::scene::*;
use reframe::ground::time::Nanos;
use reframe::presenter::offscreen::Offscreen;
use reframe::rig::patch::{Corner, Patch};
use reframe::rig::schema::{Screen, Transform};
use std::path::Path;

const SMALL: u8 = 4;
const LARGE: u8 = 40;

fn offscreen(screen: &Screen, patch: Option<Patch>) -> Offscreen {
    Offscreen::new(400, 300, screen, patch).unwrap_or_else(|e| {
        panic!(
            "{e}; {}: these tests need an adapter, such as Debian's mesa-vulkan-drivers",
            e.remedy()
        )
    })
}

fn plain() -> Offscreen {
    offscreen(&Screen::default(), None)
}

/// A photograph's worth of colours, with sharp edges to see filtering by.
fn photo(width: u32, height: u32) -> Pixels {
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let check = if (x / 8 + y / 8) % 2 == 0 { 40 } else { 0 };
            rgba.extend([
                (x * 215 / width) as u8 + check,
                (y * 215 / height) as u8 + check,
                ((x + y) % 256) as u8,
                255,
            ]);
        }
    }
    Pixels { width, height, rgba }
}

fn element(y: f64, depth: i32, kind: ElementKind) -> Element {
    let (x, y) = (Extent::Px(0.0), Extent::Share(y));
    Element { id: format!("e{depth}"), x, y, depth, opacity: 1.0, kind }
}

fn text(text: &str, height: f64, wrap: Option<f64>) -> ElementKind {
    ElementKind::Text {
        text: text.into(),
        height: Extent::Share(height),
        wrap: wrap.map(Extent::Px),
        color: Rgb::WHITE,
    }
}

fn scene(background: Rgb, elements: Vec<Element>) -> Scene {
    Scene { background, elements }
}

fn picture(id: &str, size: PictureSize) -> ElementKind {
    ElementKind::Picture { stimulus: StimulusId(id.into()), size }
}

fn scale(marker: Marker, confirmed: bool, countdown: Option<Countdown>) -> Scene {
    let view = ScaleView {
        look: ScaleLook::Line,
        question: "How negative do you feel?".into(),
        anchors: vec!["not at all".into(), "moderately".into(), "extremely".into()],
        width: Extent::Px(270.0),
        text_height: Extent::Px(20.0),
        color: Rgb::WHITE,
        marker,
        confirmed,
        countdown,
    };
    scene(Rgb([40, 40, 40]), vec![element(0.0, 0, ElementKind::Scale(view))])
}

fn held(name: &str, actual: &RgbaImage) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = root.join("tests/golden").join(format!("{name}.png"));
    if std::env::var_os("REFRAME_BLESS").is_some() {
        return actual.save(&golden).expect("the golden folder can be written");
    }
    let expected = image::open(&golden)
        .unwrap_or_else(|e| panic!("{}: {e}; make it with REFRAME_BLESS=1", golden.display()))
        .to_rgba8();
    assert_eq!(expected.dimensions(), actual.dimensions(), "{name}");
    let mut difference = RgbaImage::new(actual.width(), actual.height());
    let (mut worst, mut beyond) = (0, 0_usize);
    for ((a, e), d) in actual.pixels().zip(expected.pixels()).zip(difference.pixels_mut()) {
        let by: [u8; 3] = std::array::from_fn(|i| a.0[i].abs_diff(e.0[i]));
        let most = by.into_iter().max().unwrap();
        worst = worst.max(most);
        beyond += usize::from(most > SMALL);
        *d = Rgba([by[0].saturating_mul(4), by[1].saturating_mul(4), by[2].saturating_mul(4), 255]);
    }
    let pixels = (actual.width() * actual.height()) as usize;
    if worst > LARGE || beyond * 100 > pixels {
        let dir = root.join("target/golden");
        std::fs::create_dir_all(&dir).unwrap();
        actual.save(dir.join(format!("{name}-actual.png"))).unwrap();
        difference.save(dir.join(format!("{name}-difference.png"))).unwrap();
        panic!(
            "{name}: {beyond} pixels differ by more than {SMALL}, the worst by {worst}; see {}",
            dir.display()
        );
    }
}

#[test]
fn instructions_are_wrapped_and_centred() {
    let page = "In this task you will see pictures.\n\nWhen you read LOOK, simply look at the \
        picture. When you read DECREASE, think about it so that you feel less negative.\n\nPress \
        SPACE to begin. Größe, naïve, 90 %";
    let s = scene(Rgb::GREY, vec![element(0.0, 0, text(page, 0.075, Some(360.0)))]);
    held("instructions", &plain().render(&s, Nanos::ZERO, false).unwrap());
}

#[test]
fn a_cue_is_large_and_in_the_middle() {
    let s = scene(Rgb::BLACK, vec![element(0.0, 0, text("DECREASE", 0.16, None))]);
    held("cue", &plain().render(&s, Nanos::ZERO, false).unwrap());
}

#[test]
fn a_picture_that_fits_is_filtered_in_linear_light() {
    let mut o = plain();
    o.add_picture(StimulusId("p".into()), &photo(640, 320)).unwrap();
    let s = scene(Rgb::GREY, vec![element(0.0, 0, picture("p", PictureSize::Fit))]);
    held("picture-fit", &o.render(&s, Nanos::ZERO, false).unwrap());
}

#[test]
fn filtering_keeps_the_light_of_a_fine_pattern() {
    // Black and white lines give half of the light: sRGB 188, where filtering of bytes would give 128.
    let lines =
        (0..800 * 600).flat_map(|i| if (i / 800) % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] });
    let mut o = plain();
    let pixels = Pixels { width: 800, height: 600, rgba: lines.collect() };
    o.add_picture(StimulusId("p".into()), &pixels).unwrap();
    let s = scene(Rgb::BLACK, vec![element(0.0, 0, picture("p", PictureSize::Fit))]);
    let image = o.render(&s, Nanos::ZERO, false).unwrap();
    assert!(image.get_pixel(200, 150).0[0].abs_diff(188) <= 1, "{:?}", image.get_pixel(200, 150));
}

#[test]
fn a_native_picture_passes_through_byte_for_byte() {
    let p = photo(301, 203);
    let mut o = plain();
    o.add_picture(StimulusId("p".into()), &p).unwrap();
    let s = scene(Rgb([1, 2, 3]), vec![element(0.0, 0, picture("p", PictureSize::Native))]);
    let image = o.render(&s, Nanos::ZERO, false).unwrap();
    // 400 - 301 and 300 - 203 are odd: the half pixel goes to the right and down.
    let (left, top) = (50, 49);
    for (x, y, px) in image.enumerate_pixels() {
        let (px, (i, j)) = (px.0, (x.wrapping_sub(left), y.wrapping_sub(top)));
        let expected = if i < 301 && j < 203 {
            let at = ((j * 301 + i) * 4) as usize;
            [p.rgba[at], p.rgba[at + 1], p.rgba[at + 2], 255]
        } else {
            [1, 2, 3, 255]
        };
        assert_eq!(px, expected, "pixel {x}, {y}");
    }
    held("picture-native", &image);
}

#[test]
fn a_turned_native_picture_still_passes_through_byte_for_byte() {
    let p = photo(400, 300);
    for (transform, name) in [
        (Transform::FlipH, "horizontally"),
        (Transform::FlipV, "vertically"),
        (Transform::Rotate180, "half a turn"),
    ] {
        let mut o = offscreen(&Screen { transform, ..Screen::default() }, None);
        o.add_picture(StimulusId("p".into()), &p).unwrap();
        let s = scene(Rgb::BLACK, vec![element(0.0, 0, picture("p", PictureSize::Native))]);
        let image = o.render(&s, Nanos::ZERO, false).unwrap();
        for (x, y, px) in image.enumerate_pixels() {
            let i = if transform == Transform::FlipV { x } else { 399 - x };
            let j = if transform == Transform::FlipH { y } else { 299 - y };
            let at = ((j * 400 + i) * 4) as usize;
            assert_eq!(px.0[..3], p.rgba[at..at + 3], "{name}: pixel {x}, {y}");
        }
    }
}

#[test]
fn transparent_parts_show_what_is_behind_in_linear_light() {
    let mut o = plain();
    let half = [255, 255, 255, 128].repeat(100 * 100);
    let pixels = Pixels { width: 100, height: 100, rgba: half };
    o.add_picture(StimulusId("p".into()), &pixels).unwrap();
    let s = scene(Rgb::BLACK, vec![element(0.0, 0, picture("p", PictureSize::Native))]);
    let image = o.render(&s, Nanos::ZERO, false).unwrap();
    assert!(image.get_pixel(200, 150).0[0].abs_diff(188) <= 1, "{:?}", image.get_pixel(200, 150));
    assert_eq!(image.get_pixel(10, 10).0, [0, 0, 0, 255]);
}

#[test]
fn a_fixation_cross_is_sharp() {
    let cross = ElementKind::Fixation {
        size: Extent::Px(41.0),
        thickness: Extent::Px(5.0),
        color: Rgb::WHITE,
    };
    let s = scene(Rgb::GREY, vec![element(0.0, 0, cross)]);
    let image = plain().render(&s, Nanos::ZERO, false).unwrap();
    assert!(image.pixels().all(|p| p.0 == [255; 4] || p.0 == [128, 128, 128, 255]));
    held("fixation", &image);
}

#[test]
fn a_scale_shows_its_marker_unmoved_moved_and_confirmed() {
    let mut o = plain();
    let unmoved = o.render(&scale(Marker::At(0.5), false, None), Nanos::ZERO, false).unwrap();
    held("scale-unmoved", &unmoved);

    let motion = Motion {
        from: 0.5,
        since: Nanos::ZERO,
        direction: 1.0,
        delay: Nanos::from_millis(100),
        speed: 0.5,
        acceleration: 0.0,
        top_speed: 0.5,
    };
    let t = Nanos::from_millis(700);
    let moving = o.render(&scale(Marker::Moving(motion), false, None), t, false).unwrap();
    let there = o.render(&scale(Marker::At(0.8), false, None), t, false).unwrap();
    assert_eq!(moving, there, "a moving marker is drawn where it is at the flip");
    held("scale-moved", &moving);

    let count = Countdown { end: Nanos::from_secs(10.0), last: Nanos::from_secs(12.0) };
    let s = scale(Marker::At(0.8), true, Some(count));
    held("scale-confirmed", &o.render(&s, Nanos::ZERO, false).unwrap());
}

#[path = "golden/looks.rs"]
mod looks;
#[path = "golden/patch.rs"]
mod patch;
#[path = "golden/scales.rs"]
mod scales;
#[path = "golden/scripts.rs"]
mod scripts;
