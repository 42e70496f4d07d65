//! The photodiode patch: in each corner of the physical screen, whatever the rig's mirrors do to the scene.

use super::*;

const CORNERS: [(Corner, u32, u32); 4] = [
    (Corner::TopLeft, 0, 0),
    (Corner::TopRight, 399, 0),
    (Corner::BottomLeft, 0, 299),
    (Corner::BottomRight, 399, 299),
];
const TRANSFORMS: [Transform; 4] =
    [Transform::None, Transform::FlipH, Transform::FlipV, Transform::Rotate180];

fn with_patch(corner: Corner, transform: Transform, size_px: u32) -> Offscreen {
    let screen = Screen { transform, ..Screen::default() };
    offscreen(&screen, Some(Patch { corner, size_px }))
}

#[test]
fn the_patch_is_black_and_turns_white_on_a_marked_scene_in_each_corner_of_each_turned_screen() {
    for (corner, x, y) in CORNERS {
        for transform in TRANSFORMS {
            let mut o = with_patch(corner, transform, 40);
            let s = scene(Rgb::GREY, vec![]);
            let dark = o.render(&s, Nanos::ZERO, false).unwrap();
            let light = o.render(&s, Nanos::ZERO, true).unwrap();
            for (image, rgba) in [(dark, [0, 0, 0, 255]), (light, [255; 4])] {
                let at = format!("{corner:?} {transform:?}");
                let all: Vec<_> =
                    image.enumerate_pixels().filter(|(_, _, p)| p.0 == rgba).collect();
                assert_eq!(all.len(), 1600, "{at}");
                let near = |(px, py): (u32, u32)| px.abs_diff(x) < 40 && py.abs_diff(y) < 40;
                assert!(all.iter().all(|(px, py, _)| near((*px, *py))), "{at}");
            }
        }
    }
}

/// A square as the shipped photodiode.toml shows it, and a bar that tells how the screen is turned.
#[test]
fn the_square_of_the_photodiode_task_and_its_patch_are_where_the_photodiode_is() {
    let rect = |w, h| {
        ElementKind::Rect(Shape {
            width: Extent::Share(w),
            height: Extent::Share(h),
            color: Rgb::WHITE,
            stroke: None,
        })
    };
    for ((corner, _, _), (transform, name)) in CORNERS
        .into_iter()
        .zip(TRANSFORMS.into_iter().zip(["none", "flip-h", "flip-v", "rotate-180"]))
    {
        let mut bar = element(0.25, 1, rect(0.3, 0.05));
        bar.x = Extent::Share(0.3);
        let s = scene(Rgb::BLACK, vec![element(0.0, 0, rect(0.3, 0.3)), bar]);
        let image = with_patch(corner, transform, 40).render(&s, Nanos::ZERO, true).unwrap();
        held(&format!("patch-{name}"), &image);
    }
}

#[test]
fn a_turned_screen_is_upside_down_but_its_patch_stays_where_the_photodiode_is() {
    let mut o = with_patch(Corner::TopLeft, Transform::Rotate180, 30);
    let s = super::scale(Marker::At(0.2), false, None);
    held("rotated", &o.render(&s, Nanos::ZERO, true).unwrap());
}
