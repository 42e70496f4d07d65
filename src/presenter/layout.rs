//! Where each element of a scene stands, in pixels: pure arithmetic, no card and no font. Everything solid
//! lies on whole pixels, so that edges are sharp and a picture shown 1:1 passes through unchanged.

mod scale;
mod shape;

use crate::ground::scene::{Element, ElementKind, Extent, PictureSize, Rgb, Scene, StimulusId};
use crate::rig::geometry::Geometry;
pub use scale::{FigureBox, ScaleBox};

/// A rectangle on whole pixels, from the top left; parts of it may lie outside the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelRect {
    pub x: i32,
    pub y: i32,
    pub w: u32,
    pub h: u32,
}

impl PixelRect {
    /// The rectangle of this size whose centre is nearest to a point.
    pub fn centered(cx: f64, cy: f64, w: u32, h: u32) -> PixelRect {
        let corner = |c: f64, n: u32| (c - f64::from(n) / 2.0).round() as i32;
        PixelRect { x: corner(cx, w), y: corner(cy, h), w, h }
    }
}

/// Which part of a text stands on its `y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    Top,
    Middle,
    Bottom,
}

/// A text that is still to be shaped: lines centred on `x`, within the visible part of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct TextBox {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub stand: Stand,
    pub line_height: f64,
    pub wrap: f64,
    pub color: Rgb,
    pub opacity: f64,
    /// Left and right edge that no line may cross.
    pub within: (f64, f64),
}

/// Something to draw, in drawing order.
#[derive(Clone, Debug, PartialEq)]
pub enum Placed {
    /// A picture; `native` where one picture pixel is one screen pixel.
    Picture {
        stimulus: StimulusId,
        rect: PixelRect,
        native: bool,
        opacity: f64,
    },
    /// A picture that is not there, so its size is unknown.
    Missing {
        stimulus: StimulusId,
    },
    Fill {
        rect: PixelRect,
        color: Rgb,
    },
    /// Rectangles that can be seen through; none lies over another.
    Veil {
        rects: Vec<PixelRect>,
        color: Rgb,
        opacity: f64,
    },
    /// An ellipse; its outline where `stroke`, in pixels, is not none.
    Ellipse {
        rect: PixelRect,
        color: Rgb,
        stroke: Option<u32>,
        opacity: f64,
    },
    Text(TextBox),
    Scale(Box<ScaleBox>),
}

/// Places the elements of a scene; `size_of` knows the pixels (width, height) of each loaded picture.
pub fn lay_out(
    scene: &Scene,
    geometry: &Geometry,
    size_of: impl Fn(&StimulusId) -> Option<(u32, u32)>,
) -> Vec<Placed> {
    let mut elements: Vec<&Element> = scene.elements.iter().collect();
    elements.sort_by_key(|e| e.depth);
    let mut placed = Vec::with_capacity(elements.len());
    for e in elements {
        if let ElementKind::Scale(view) = &e.kind {
            let track = view.track(e.x, e.y, &geometry.lengths);
            placed.push(Placed::Scale(Box::new(ScaleBox::new(view, &track, geometry))));
            continue;
        }
        let cx = geometry.visible.center_x() + geometry.offset(e.x);
        let cy = geometry.visible.center_y() - geometry.offset(e.y);
        place(e, (cx, cy), geometry, &size_of, &mut placed);
    }
    placed
}

fn place(
    element: &Element,
    (cx, cy): (f64, f64),
    g: &Geometry,
    size_of: &impl Fn(&StimulusId) -> Option<(u32, u32)>,
    placed: &mut Vec<Placed>,
) {
    let opacity = element.opacity;
    match &element.kind {
        ElementKind::Picture { stimulus, size } => placed.push(match size_of(stimulus) {
            Some(px) => {
                let (w, h) = picture_size(*size, px, g);
                let rect = PixelRect::centered(cx, cy, w, h);
                let native = (w, h) == px;
                Placed::Picture { stimulus: stimulus.clone(), rect, native, opacity }
            }
            None => Placed::Missing { stimulus: stimulus.clone() },
        }),
        ElementKind::Text { text, height, wrap, color } => placed.push(Placed::Text(TextBox {
            text: text.clone(),
            x: cx,
            y: cy,
            stand: Stand::Middle,
            line_height: g.length(*height).max(1.0),
            wrap: wrap.map_or(g.visible.w * 0.95, |w| g.length(w)).max(1.0),
            color: *color,
            opacity,
            within: (g.visible.x, g.visible.x + g.visible.w),
        })),
        ElementKind::Fixation { size, thickness, color } => {
            let thick = whole(*thickness, g).max(1);
            // The same parity as the arms, else the cross has one arm longer than the other.
            let size = whole(*size, g).max(thick);
            let size = size + (size - thick) % 2;
            let arms =
                [(size, thick), (thick, size)].map(|(w, h)| PixelRect::centered(cx, cy, w, h));
            match opacity < 1.0 {
                false => shape::fill(&arms, *color, 1.0, placed),
                true => shape::fill(&shape::cross(arms), *color, opacity, placed),
            }
        }
        ElementKind::Rect(s) => {
            let rect = PixelRect::centered(cx, cy, whole(s.width, g), whole(s.height, g));
            let stroke = s.stroke.map(|t| whole(t, g).max(1));
            let rects = stroke.map_or(vec![rect], |t| shape::frame(rect, t));
            shape::fill(&rects, s.color, opacity, placed);
        }
        ElementKind::Ellipse(s) => placed.push(Placed::Ellipse {
            rect: PixelRect::centered(cx, cy, whole(s.width, g), whole(s.height, g)),
            color: s.color,
            stroke: s.stroke.map(|t| whole(t, g).max(1)),
            opacity,
        }),
        // Placed by its track.
        ElementKind::Scale(_) => {}
    }
}

fn whole(extent: Extent, g: &Geometry) -> u32 {
    g.length(extent).round().max(0.0) as u32
}

fn picture_size(size: PictureSize, (w, h): (u32, u32), g: &Geometry) -> (u32, u32) {
    let (fw, fh) = (f64::from(w), f64::from(h));
    let scale = match size {
        PictureSize::Native => return (w, h),
        PictureSize::Fit => (g.visible.w / fw).min(g.visible.h / fh),
        PictureSize::Height(e) => g.length(e) / fh,
    };
    let round = |v: f64| (v * scale).round().max(1.0) as u32;
    (round(fw), round(fh))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::scene::Shape;
    use crate::rig::schema::Screen;

    fn geometry(w: u32, h: u32) -> Geometry {
        Geometry::new(&Screen::default(), w, h)
    }

    fn element(kind: ElementKind, x: f64, y: f64) -> Element {
        let (x, y) = (Extent::Px(x), Extent::Px(y));
        Element { id: "e".into(), x, y, depth: 0, opacity: 1.0, kind }
    }

    fn picture(size: PictureSize) -> ElementKind {
        ElementKind::Picture { stimulus: StimulusId("p".into()), size }
    }

    fn one(kind: ElementKind, x: f64, y: f64, g: &Geometry, px: (u32, u32)) -> Vec<Placed> {
        let scene = Scene { background: Rgb::BLACK, elements: vec![element(kind, x, y)] };
        lay_out(&scene, g, |_| Some(px))
    }

    #[test]
    fn fit_keeps_the_shape_and_touches_the_nearer_edge() {
        let placed = one(picture(PictureSize::Fit), 0.0, 0.0, &geometry(800, 600), (1024, 512));
        let want = PixelRect { x: 0, y: 100, w: 800, h: 400 };
        let Placed::Picture { rect, native, .. } = &placed[0] else { panic!("{placed:?}") };
        assert_eq!((*rect, *native), (want, false));
    }

    #[test]
    fn native_pictures_of_odd_size_land_on_whole_pixels() {
        let placed = one(picture(PictureSize::Native), 3.0, 2.0, &geometry(800, 600), (101, 51));
        let Placed::Picture { rect, native, .. } = &placed[0] else { panic!("{placed:?}") };
        assert_eq!((rect.w, rect.h, *native), (101, 51, true));
        assert_eq!((rect.x, rect.y), (353, 273));
    }

    #[test]
    fn a_height_that_happens_to_be_native_is_shown_unfiltered() {
        let size = PictureSize::Height(Extent::Px(300.2));
        let placed = one(picture(size), 0.0, 0.0, &geometry(800, 600), (400, 300));
        assert!(matches!(placed[0], Placed::Picture { native: true, .. }));
    }

    #[test]
    fn fixation_arms_are_symmetrical() {
        for (size, thick) in [(20.0, 3.0), (21.0, 4.0), (15.0, 15.0)] {
            let kind = ElementKind::Fixation {
                size: Extent::Px(size),
                thickness: Extent::Px(thick),
                color: Rgb::WHITE,
            };
            let placed = one(kind, 0.0, 0.0, &geometry(800, 600), (1, 1));
            let [Placed::Fill { rect: a, .. }, Placed::Fill { rect: b, .. }] = &placed[..] else {
                panic!("{placed:?}")
            };
            assert_eq!(2 * (b.x - a.x) + b.w as i32, a.w as i32, "{size} {thick}");
            assert_eq!(2 * (a.y - b.y) + a.h as i32, b.h as i32, "{size} {thick}");
        }
    }

    #[test]
    fn higher_depth_is_drawn_later_and_equal_depth_keeps_its_order() {
        let rect = |c: u8, depth: i32| Element {
            depth,
            ..element(
                ElementKind::Rect(Shape {
                    width: Extent::Px(1.0),
                    height: Extent::Px(1.0),
                    color: Rgb([c; 3]),
                    stroke: None,
                }),
                0.0,
                0.0,
            )
        };
        let elements = vec![rect(1, 5), rect(2, 0), rect(3, 0), rect(4, -1)];
        let scene = Scene { background: Rgb::BLACK, elements };
        let order: Vec<u8> = lay_out(&scene, &geometry(10, 10), |_| None)
            .iter()
            .map(|p| match p {
                Placed::Fill { color, .. } => color.0[0],
                _ => 0,
            })
            .collect();
        assert_eq!(order, [4, 2, 3, 1]);
    }

    #[test]
    fn a_picture_that_is_not_loaded_is_said_to_be_missing() {
        let scene = Scene {
            background: Rgb::BLACK,
            elements: vec![element(picture(PictureSize::Fit), 0.0, 0.0)],
        };
        let placed = lay_out(&scene, &geometry(10, 10), |_| None);
        assert_eq!(placed, [Placed::Missing { stimulus: StimulusId("p".into()) }]);
    }

    #[test]
    fn elements_stand_in_the_visible_part() {
        let screen = Screen { visible: [0.5, 0.5, 0.5, 0.5], ..Screen::default() };
        let g = Geometry::new(&screen, 800, 600);
        let placed = one(picture(PictureSize::Fit), 0.0, 0.0, &g, (400, 300));
        let want = PixelRect { x: 400, y: 300, w: 400, h: 300 };
        assert!(matches!(&placed[0], Placed::Picture { rect, .. } if *rect == want));
    }
}
