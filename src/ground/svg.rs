//! Shapes, words and pictures as SVG text. It knows no font's measures and writes no file; where things stand is told to it.

use std::fmt::Write;

/// A picture that is being drawn.
#[derive(Clone, Debug)]
pub struct Svg {
    text: String,
}

/// Where a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// A white picture, in pixels. `fonts` are CSS names of fonts, the first that there is being taken.
    pub fn new(width: f64, height: f64, fonts: &str) -> Svg {
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{fonts}\">\n"
        );
        let mut svg = Svg { text };
        svg.rect(0.0, 0.0, width, height, "#ffffff", None);
        svg
    }

    pub fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, fill: &str, stroke: Option<&str>) {
        let stroke = stroke.map_or(String::new(), |s| format!(" stroke=\"{s}\""));
        self.add(format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{w:.2}\" height=\"{h:.2}\" fill=\"{fill}\"{stroke}/>"
        ));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), color: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.add(format_args!(
            "<line x1=\"{x1:.2}\" y1=\"{y1:.2}\" x2=\"{x2:.2}\" y2=\"{y2:.2}\" stroke=\"{color}\"/>"
        ));
    }

    /// A filled shape with these corners.
    pub fn polygon(&mut self, corners: &[(f64, f64)], fill: &str) {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        self.add(format_args!("<polygon points=\"{}\" fill=\"{fill}\"/>", points.join(" ")));
    }

    /// A picture that the file holds itself, with what it shows in words.
    pub fn image(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), png: &[u8], title: &str) {
        let (data, title) = (base64(png), escaped(title));
        self.add(format_args!(
            "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{w:.2}\" height=\"{h:.2}\" \
             href=\"data:image/png;base64,{data}\"><title>{title}</title></image>"
        ));
    }

    /// A line of text whose foot stands at `y`.
    #[expect(clippy::too_many_arguments, reason = "what a text is, and where, is all of these")]
    pub fn text(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        color: &str,
        anchor: Anchor,
        bold: bool,
        text: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if bold { " font-weight=\"bold\"" } else { "" };
        let text = escaped(text);
        self.add(format_args!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size:.0}\" fill=\"{color}\"{anchor}{weight}>{text}</text>"
        ));
    }

    /// The whole file.
    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn add(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{shape}");
    }
}

/// A text as XML has it. Signs that XML cannot hold at all are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Bytes in base64 (RFC 4648), with padding.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (i, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let sign = SIGNS[(bits >> shift & 63) as usize];
            out.push(if i <= three.len() { char::from(sign) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        let of = |text: &str| base64(text.as_bytes());
        assert_eq!(["", "f", "fo", "foo"].map(of), ["", "Zg==", "Zm8=", "Zm9v"]);
        assert_eq!(base64(&[251, 255, 191]), "+/+/");
    }

    #[test]
    fn words_with_signs_of_xml_stay_words() {
        let mut svg = Svg::new(10.0, 10.0, "sans-serif");
        svg.text(1.0, 2.0, 3.0, "#000000", Anchor::Start, false, "a < b & c > \u{7}d");
        svg.image((0.0, 0.0), (1.0, 1.0), &[1, 2, 3], "<none>");
        let text = svg.finish();
        let document = roxmltree::Document::parse(&text).expect("it is sound XML");
        let words =
            |tag| document.descendants().find(|n| n.has_tag_name(tag)).and_then(|n| n.text());
        assert_eq!((words("text"), words("title")), (Some("a < b & c > d"), Some("<none>")));
    }
}
