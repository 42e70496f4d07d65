//! The photodiode patch, as rig files and the command line write it: `bottom-right:40`, or `none`.

/// A corner of the physical screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

/// The square under a photodiode: black, and white while a marked scene is shown. It lies on the physical
/// screen, whatever the rig's mirrors do to the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    pub corner: Corner,
    pub size_px: u32,
}

impl Patch {
    /// Whether it lies in one of the upper corners.
    pub fn is_at_top(&self) -> bool {
        matches!(self.corner, Corner::TopLeft | Corner::TopRight)
    }
}

/// Reads a patch; nothing where it is `none`.
///
/// # Errors
/// What was expected.
pub fn patch(text: &str) -> Result<Option<Patch>, String> {
    let expected = "expected a corner and a size, as in bottom-right:40, or none (corners: top-left, \
                    top-right, bottom-left, bottom-right; 4 to 1000 pixels)";
    if text == "none" {
        return Ok(None);
    }
    let (corner, px) = text.split_once(':').ok_or(expected)?;
    let corner = match corner {
        "top-left" => Corner::TopLeft,
        "top-right" => Corner::TopRight,
        "bottom-left" => Corner::BottomLeft,
        "bottom-right" => Corner::BottomRight,
        _ => return Err(expected.into()),
    };
    let size_px = px.parse().ok().filter(|p| (4..=1000).contains(p)).ok_or(expected)?;
    Ok(Some(Patch { corner, size_px }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_read_in_every_corner_and_can_be_switched_off() {
        for (text, corner) in [
            ("top-left:40", Corner::TopLeft),
            ("top-right:40", Corner::TopRight),
            ("bottom-left:40", Corner::BottomLeft),
            ("bottom-right:40", Corner::BottomRight),
        ] {
            assert_eq!(patch(text), Ok(Some(Patch { corner, size_px: 40 })));
        }
        assert_eq!(patch("none"), Ok(None));
        for text in
            ["", "middle:40", "top-left", "top-left:1", "top-left:1001", "top-left:4.5", "None"]
        {
            assert!(patch(text).is_err(), "{text}");
        }
    }
}
