//! The figure as files: each screen drawn as the participant sees it, and the page as SVG and as PNG. It writes neither to the disk.

use super::layout::{COVERED, LETTERS, Page, Screens, lay_out};
use super::story::{self, Story};
use crate::ground::ports::Pixels;
use crate::ground::scene::{
    Element, ElementKind, Extent, PictureSize, Rgb, Scene, Shape, StimulusId,
};
use crate::ground::svg::{Anchor, Svg};
use crate::ground::time::Nanos;
use crate::plan::schema::RunPlan;
use crate::presenter::fonts::Fonts;
use crate::presenter::gpu::GpuError;
use crate::presenter::layout::{Stand, TextBox};
use crate::presenter::offscreen::Offscreen;
use crate::rig::geometry::Geometry;
use crate::rig::schema::{Screen, Transform};
use crate::stimuli::make::canvas::rasterise;
use image::imageops::{FilterType, crop_imm, resize};
use image::{ExtendedColorType, ImageEncoder, RgbaImage};
use indexmap::IndexMap;

/// The built-in font first, with which the PNG is drawn; the next is as wide.
const FONTS: &str = "'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif";
const DARK: Rgb = Rgb([17, 17, 17]);
const SOFT: Rgb = Rgb([85, 85, 85]);
/// Around screens, in pixels: a black frame, and white around it, by which screens that are black themselves come apart.
const FRAMES: [(f64, Rgb); 2] = [(6.0, Rgb::WHITE), (2.0, Rgb::BLACK)];
/// The participant's screen where neither its size nor a rig is told, and the height of a rig's, in pixels.
pub const USUAL: (u32, u32) = (1024, 768);
/// From the middle of a line to the foot of its letters, as a share of their size.
const FOOT: f64 = 0.346;

/// A figure in both forms, of the same size.
#[derive(Clone, Debug)]
pub struct Figure {
    pub svg: String,
    pub png: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Why there is no figure.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    #[error(transparent)]
    Drawing(#[from] GpuError),
    #[error("{0}")]
    Picture(String),
}

/// Draws a story, its screens `size` pixels large as this rig's screen shows them; `load` gives the pictures.
///
/// # Errors
/// A picture that cannot be read, no graphics adapter, a font that cannot be used.
pub fn draw(
    story: &Story,
    plan: &RunPlan,
    screen: &Screen,
    size: (u32, u32),
    load: impl Fn(&StimulusId) -> Result<Pixels, String>,
) -> Result<Figure, FigureError> {
    // A projector is turned so that the participant sees it upright.
    let upright = Screen { transform: Transform::None, photodiode: None, ..screen.clone() };
    let screens = screens(story, plan, &upright, size, load)?;
    let mut fonts = Fonts::load(&screen.fonts).map_err(GpuError::from)?;
    let (_, _, wide, high) = seen(&upright, size);
    let shape = f64::from(high) / f64::from(wide);
    let clear = |phase: u32| is_clear(&screens[&phase]);
    let known = Screens { shape, clear: &clear };
    let page = lay_out(story, known, &mut |text, letters| width(&mut fonts, text, letters));
    let tiles: Vec<RgbaImage> = page
        .tiles
        .iter()
        .map(|t| {
            let (w, h) = (t.at.w as u32, t.at.h as u32);
            resize(&screens[&t.phase], w, h, FilterType::CatmullRom)
        })
        .collect();
    let png = picture(&page, &tiles, &screen.fonts)?;
    let (width, height) = (page.width as u32, page.height as u32);
    Ok(Figure { svg: svg(&page, &tiles), png, width, height })
}

/// How wide a line is.
fn width(fonts: &mut Fonts, text: &str, letters: f64) -> f64 {
    let (wrap, within) = (f64::from(u16::MAX), (0.0, f64::from(u16::MAX)));
    let line_height = letters * 1.25;
    let (text, stand) = (text.to_string(), Stand::Top);
    let line = TextBox {
        text,
        x: 0.0,
        y: 0.0,
        stand,
        line_height,
        wrap,
        color: DARK,
        within,
        opacity: 1.0,
    };
    f64::from(fonts.shape(&line).width)
}

/// Whether a screen is of one colour where the next may cover it.
fn is_clear(screen: &RgbaImage) -> bool {
    let (width, height) = screen.dimensions();
    // Half as much again is left free, so that nothing seems cut.
    let from = (f64::from(width) * (1.0 - 1.5 * COVERED)) as u32;
    let edge = crop_imm(screen, from, 0, width - from, height).to_image();
    let first = edge.pixels().next();
    edge.pixels().all(|p| Some(p) == first)
}

/// Each screen of the story, by the number of its phase.
fn screens(
    story: &Story,
    plan: &RunPlan,
    screen: &Screen,
    (width, height): (u32, u32),
    load: impl Fn(&StimulusId) -> Result<Pixels, String>,
) -> Result<IndexMap<u32, RgbaImage>, FigureError> {
    let mut offscreen = Offscreen::new(width, height, screen, None)?;
    let (x, y, w, h) = seen(screen, (width, height));
    let shown = story::phases(story);
    let mut screens = IndexMap::new();
    for phase in plan.phases().filter(|p| shown.contains(&p.index)) {
        for id in phase.scene.pictures() {
            offscreen.add_picture(id.clone(), &load(id).map_err(FigureError::Picture)?)?;
        }
        let whole = offscreen.render(&phase.scene, Nanos::ZERO, false)?;
        screens.insert(phase.index, crop_imm(&whole, x, y, w, h).to_image());
    }
    Ok(screens)
}

/// The part of the screen that can be seen: left, top, width and height in pixels.
fn seen(screen: &Screen, (width, height): (u32, u32)) -> (u32, u32, u32, u32) {
    let part = Geometry::new(screen, width, height).visible;
    let [x, y, w, h] = [part.x, part.y, part.w, part.h].map(|v| v.round().max(0.0) as u32);
    let (x, y) = (x.min(width - 1), y.min(height - 1));
    (x, y, w.clamp(1, width - x), h.clamp(1, height - y))
}

fn svg(page: &Page, tiles: &[RgbaImage]) -> String {
    let mut svg = Svg::new(page.width, page.height, FONTS);
    for shape in &page.shapes {
        svg.polygon(shape, &hex(SOFT));
    }
    for (t, pixels) in page.tiles.iter().zip(tiles) {
        let at = t.at;
        for (thick, color) in FRAMES {
            let (w, h) = (at.w + 2.0 * thick, at.h + 2.0 * thick);
            svg.rect(at.x - thick, at.y - thick, w, h, &hex(color), None);
        }
        svg.image((at.x, at.y), (at.w, at.h), &png(pixels), &t.name);
    }
    for l in &page.lines {
        let color = if l.soft { SOFT } else { DARK };
        let foot = l.middle.1 + FOOT * l.letters;
        svg.text(l.middle.0, foot, l.letters, &hex(color), Anchor::Middle, false, &l.text);
    }
    svg.finish()
}

/// The page drawn as one more screen.
fn picture(page: &Page, tiles: &[RgbaImage], fonts: &[String]) -> Result<Vec<u8>, FigureError> {
    let screen = Screen { fonts: fonts.to_vec(), ..Screen::default() };
    let (width, height) = (page.width as u32, page.height as u32);
    let mut offscreen = Offscreen::new(width, height, &screen, None)?;
    let mut elements = Vec::new();
    let mut put = |(x, y): (f64, f64), kind: ElementKind| {
        let (x, y) = (Extent::Px(x - page.width / 2.0), Extent::Px(page.height / 2.0 - y));
        elements.push(Element {
            id: elements.len().to_string(),
            x,
            y,
            depth: 0,
            opacity: 1.0,
            kind,
        });
    };
    for (i, (t, pixels)) in page.tiles.iter().zip(tiles).enumerate() {
        let stimulus = StimulusId(i.to_string());
        let (width, height) = pixels.dimensions();
        let pixels = Pixels { width, height, rgba: pixels.as_raw().clone() };
        offscreen.add_picture(stimulus.clone(), &pixels)?;
        let middle = (t.at.x + t.at.w / 2.0, t.at.y + t.at.h / 2.0);
        for (thick, color) in FRAMES {
            let side = |length: f64| Extent::Px(length + 2.0 * thick);
            let (width, height) = (side(t.at.w), side(t.at.h));
            put(middle, ElementKind::Rect(Shape { width, height, color, stroke: None }));
        }
        put(middle, ElementKind::Picture { stimulus, size: PictureSize::Native });
    }
    for l in &page.lines {
        let color = if l.soft { SOFT } else { DARK };
        let wrap = Some(Extent::Px(l.width + LETTERS));
        let (text, height) = (l.text.clone(), Extent::Px(l.height));
        put(l.middle, ElementKind::Text { text, height, wrap, color });
    }
    let scene = Scene { background: Rgb::WHITE, elements };
    let mut drawn = offscreen.render(&scene, Nanos::ZERO, false)?;
    for shape in &page.shapes {
        rasterise(std::slice::from_ref(shape), (width, height), |x, y, share| {
            for (value, ink) in drawn.get_pixel_mut(x, y).0.iter_mut().zip(SOFT.0) {
                let mixed = f64::from(*value) * (1.0 - share) + f64::from(ink) * share;
                *value = mixed.round().clamp(0.0, 255.0) as u8;
            }
        });
    }
    Ok(png(&drawn))
}

/// A picture as the bytes of a PNG file, without transparency.
fn png(picture: &RgbaImage) -> Vec<u8> {
    let rgb: Vec<u8> = picture.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2]]).collect();
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder
        .write_image(&rgb, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("three bytes a pixel are written to memory");
    bytes
}

fn hex(Rgb([r, g, b]): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A size that has the shape of the rig's screen.
pub fn size_of(screen: &Screen) -> (u32, u32) {
    let width = f64::from(USUAL.1) * screen.size_m[0] / screen.size_m[1];
    (width.round().clamp(64.0, 4096.0) as u32, USUAL.1)
}
