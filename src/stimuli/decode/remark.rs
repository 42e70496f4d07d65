//! What was done to a picture that an experimenter should know, in words, and summed up over many pictures.
//! It reads no file and decides nothing.

use indexmap::IndexMap;
use std::fmt;

/// Something that was done to a picture on its way to the screen, or that was left undone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// The file holds this many frames; the first is shown.
    FirstFrame(u64),
    /// The file holds this many pages; the first is shown.
    FirstPage(u64),
    /// Turned or mirrored as its orientation tag says.
    Turned,
    /// The orientation tag holds this number, which means nothing; shown as it is stored.
    NoOrientation(u64),
    /// Converted to sRGB from the profile or colour space of this name.
    Converted(String),
    /// An embedded profile cannot be read and names no other colours; shown as sRGB.
    DamagedProfile,
    /// A stated gamma or primaries (PNG `gAMA` and `cHRM`, BMP version 4) that are not those of sRGB; not applied.
    Calibrated,
    /// 16 bits a channel were rounded to 8.
    Rounded,
    /// The content is of this format and the name says another.
    OtherName(&'static str),
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::FirstFrame(_) => write!(f, "the first frame of an animation is shown"),
            Remark::FirstPage(_) => write!(f, "the first of several pages is shown"),
            Remark::Turned => write!(f, "turned upright as the orientation tag says"),
            Remark::NoOrientation(number) => {
                write!(f, "the orientation tag holds {number}, not 1 to 8: shown as it is stored")
            }
            Remark::Converted(name) => {
                write!(f, "converted to sRGB from the colour profile {name:?}")
            }
            Remark::DamagedProfile => write!(
                f,
                "the embedded colour profile is damaged and shown as sRGB: save the picture again as sRGB if its \
                 colours matter"
            ),
            Remark::Calibrated => write!(
                f,
                "a stated gamma or primaries (gAMA, cHRM) other than those of sRGB are not applied: convert to sRGB \
                 if the colours matter"
            ),
            Remark::Rounded => write!(f, "16 bits a channel are rounded to 8"),
            Remark::OtherName(format) => {
                write!(f, "the file is {format} in spite of its name, and is read as {format}")
            }
        }
    }
}

impl Remark {
    /// What differs between pictures of one remark.
    fn detail(&self) -> String {
        match self {
            Remark::FirstFrame(of) | Remark::FirstPage(of) => format!(" (1 of {of})"),
            _ => String::new(),
        }
    }
}

/// One line for each kind of remark, in the order of first appearance, with the number of pictures and an example.
pub fn sum_up<'a>(remarks: impl IntoIterator<Item = (&'a str, &'a Remark)>) -> Vec<String> {
    let mut kinds: IndexMap<String, (usize, String)> = IndexMap::new();
    for (picture, remark) in remarks {
        let example = || (0, format!("{picture:?}{}", remark.detail()));
        kinds.entry(remark.to_string()).or_insert_with(example).0 += 1;
    }
    let line = |(kind, (count, example)): (String, (usize, String))| match count {
        1 => format!("{kind}: picture {example}"),
        _ => format!("{kind}: {count} pictures, such as {example}"),
    };
    kinds.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_one_line_with_its_number_and_an_example() {
        let adobe = || Remark::Converted("Adobe RGB (1998)".into());
        let all = [
            ("a", Remark::FirstFrame(3)),
            ("b", adobe()),
            ("c", Remark::FirstFrame(12)),
            ("d", Remark::Converted("Display P3".into())),
            ("e", adobe()),
        ];
        let lines = sum_up(all.iter().map(|(picture, remark)| (*picture, remark)));
        assert_eq!(
            lines,
            [
                "the first frame of an animation is shown: 2 pictures, such as \"a\" (1 of 3)",
                "converted to sRGB from the colour profile \"Adobe RGB (1998)\": 2 pictures, such as \"b\"",
                "converted to sRGB from the colour profile \"Display P3\": picture \"d\"",
            ]
        );
        assert_eq!(sum_up([]), [""; 0]);
    }
}
