//! Colours into 8-bit sRGB. Plain 8-bit sRGB passes through byte for byte; other profiles and colour spaces are
//! converted at 16 bits a channel and rounded once. What cannot be converted is an error where the colours would
//! be wrong. It knows no file format but the profile's.

use super::Fault;
use super::head::Colours;
use super::remark::Remark;
use image::{DynamicImage, RgbaImage};
use moxcms::{
    CicpProfile, ColorProfile, DataColorSpace, Layout, ProfileClass, RenderingIntent,
    TransferCharacteristics, Transform16BitExecutor, TransformOptions,
};
use std::sync::Arc;

/// A profile that moves no colour further than this is sRGB by another name: two levels of 255, at 16 bits. The
/// profiles that programs write for sRGB differ by one level; grey of gamma 2.2, the nearest other, by six.
const SAME: u16 = 2 * 257;

/// What is to be done with the colours of a picture.
#[derive(Default)]
pub struct Conversion {
    /// From the picture's colours to sRGB; none where they are sRGB.
    to_srgb: Option<Arc<Transform16BitExecutor>>,
    /// It takes one grey channel, not three.
    from_grey: bool,
    /// Colours were multiplied with their alpha.
    pub associated: bool,
    pub remark: Option<Remark>,
}

/// Decides on the colours of a picture, grey or not. The order of trust is that of PNG: `cICP`, a profile, `sRGB`,
/// then the rest.
///
/// # Errors
/// [`Fault::Profile`] or [`Fault::Unsuited`] where its colours would be shown wrong.
pub fn plan(said: &Colours<'_>, icc: Option<&[u8]>, grey: bool) -> Result<Conversion, Fault> {
    let only = |remark| Ok(Conversion { remark: Some(remark), ..Conversion::default() });
    if let Some(numbers) = said.cicp {
        return by_cicp(numbers);
    }
    if said.has_profile || icc.is_some() {
        let Some(icc) = icc.or(said.profile) else {
            return only(Remark::DamagedProfile);
        };
        return by_profile(icc, grey);
    }
    if said.is_srgb {
        return Ok(Conversion::default());
    }
    if said.is_adobe {
        let name = "Adobe RGB (1998)".to_string();
        return by(&ColorProfile::new_adobe_rgb(), name.clone()).ok_or(Fault::Profile(name));
    }
    if said.calibrated {
        return only(Remark::Calibrated);
    }
    Ok(Conversion::default())
}

fn by_cicp([primaries, transfer, matrix, range]: [u8; 4]) -> Result<Conversion, Fault> {
    let unsuited = || {
        let numbers = format!("{primaries}/{transfer}/{matrix}/{range}");
        Fault::Unsuited(format!("colours by cICP {numbers}"))
    };
    let transfer = TransferCharacteristics::try_from(transfer).map_err(|_| unsuited())?;
    // PNG holds RGB of full range alone.
    if matrix != 0 || range != 1 || is_hdr(transfer) {
        return Err(unsuited());
    }
    let profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: primaries.try_into().map_err(|_| unsuited())?,
        transfer_characteristics: transfer,
        matrix_coefficients: matrix.try_into().map_err(|_| unsuited())?,
        full_range: true,
    });
    by(&profile, format!("cICP {primaries}/{}", transfer as u8)).ok_or_else(unsuited)
}

/// Whether a transfer function has no fixed white: its pictures need tone mapping, not conversion.
fn is_hdr(transfer: TransferCharacteristics) -> bool {
    matches!(transfer, TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg)
}

fn by_profile(icc: &[u8], grey: bool) -> Result<Conversion, Fault> {
    let name = profile_name(icc).filter(|n| !n.is_empty());
    // Its tables bend colours for print; the pixels under it are plain sRGB.
    if name.as_deref().is_some_and(|n| n.replace('_', " ").starts_with("sRGB v4 ICC")) {
        return Ok(Conversion::default());
    }
    let Ok(profile) = ColorProfile::new_from_slice(icc) else {
        // Damage is harmless where nothing speaks of other colours.
        return match name {
            Some(name) if !name.starts_with("sRGB") => Err(Fault::Profile(name)),
            _ => Ok(Conversion { remark: Some(Remark::DamagedProfile), ..Conversion::default() }),
        };
    };
    let name = name.unwrap_or_else(|| "without a name".into());
    let fits = match profile.color_space {
        DataColorSpace::Rgb => true,
        DataColorSpace::Gray => grey,
        _ => false,
    };
    let is_device = matches!(
        profile.profile_class,
        ProfileClass::InputDevice
            | ProfileClass::DisplayDevice
            | ProfileClass::OutputDevice
            | ProfileClass::ColorSpace
    );
    let hdr = profile.cicp.as_ref().is_some_and(|c| is_hdr(c.transfer_characteristics));
    if !fits || !is_device || hdr {
        return Err(Fault::Profile(name));
    }
    by(&profile, name.clone()).ok_or(Fault::Profile(name))
}

/// The conversion from a profile to sRGB; none if it cannot be made.
fn by(profile: &ColorProfile, name: String) -> Option<Conversion> {
    let from_grey = profile.color_space == DataColorSpace::Gray;
    let options = TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        // 13 bits, too few for 16-bit pictures.
        prefer_fixed_point: false,
        ..TransformOptions::default()
    };
    let layout = if from_grey { Layout::Gray } else { Layout::Rgb };
    let srgb = ColorProfile::new_srgb();
    let to_srgb = profile.create_transform_16bit(layout, &srgb, Layout::Rgb, options).ok()?;
    if is_identity(to_srgb.as_ref(), from_grey)? {
        return Some(Conversion::default());
    }
    let remark = Some(Remark::Converted(name));
    Some(Conversion { to_srgb: Some(to_srgb), from_grey, associated: false, remark })
}

/// Whether a conversion leaves all greys, and colours in steps of 1/15, where they are.
fn is_identity(to_srgb: &Transform16BitExecutor, from_grey: bool) -> Option<bool> {
    let greys = (0..=255u16).map(|level| [level * 257; 3]);
    let steps = || (0..16u16).map(|step| step * 4369);
    let colours = steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| [r, g, b])));
    let wanted: Vec<[u16; 3]> =
        if from_grey { greys.collect() } else { greys.chain(colours).collect() };
    let given: Vec<u16> = match from_grey {
        true => wanted.iter().map(|c| c[0]).collect(),
        false => wanted.iter().flatten().copied().collect(),
    };
    let mut made = vec![0; wanted.len() * 3];
    to_srgb.transform(&given, &mut made).ok()?;
    Some(made.iter().zip(wanted.iter().flatten()).all(|(a, b)| a.abs_diff(*b) <= SAME))
}

impl Conversion {
    /// The picture in 8-bit sRGB with straight alpha.
    ///
    /// # Errors
    /// [`Fault::Broken`] where the colour library refuses a row.
    pub fn apply(&self, picture: DynamicImage) -> Result<RgbaImage, Fault> {
        if self.to_srgb.is_none() && !self.associated {
            return Ok(picture.into_rgba8());
        }
        let deep = matches!(
            picture.color(),
            image::ColorType::L16
                | image::ColorType::La16
                | image::ColorType::Rgb16
                | image::ColorType::Rgba16
        );
        if deep {
            let from = picture.into_rgba16();
            let mut to = RgbaImage::new(from.width(), from.height());
            for (from, to) in rows(from.as_raw(), &mut to) {
                self.row(from.to_vec(), to)?;
            }
            return Ok(to);
        }
        let mut to = picture.into_rgba8();
        let stride = to.width() as usize * 4;
        for row in to.chunks_exact_mut(stride) {
            self.row(row.iter().map(|v| u16::from(*v) * 257).collect(), row)?;
        }
        Ok(to)
    }

    /// One row of RGBA.
    fn row(&self, mut from: Vec<u16>, to: &mut [u8]) -> Result<(), Fault> {
        if self.associated {
            from.as_chunks_mut::<4>().0.iter_mut().for_each(straighten);
        }
        if let Some(to_srgb) = &self.to_srgb {
            let channels = if self.from_grey { 1 } else { 3 };
            let given: Vec<u16> = from
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|p| p.iter().take(channels).copied())
                .collect();
            let mut made = vec![0; from.len() / 4 * 3];
            to_srgb
                .transform(&given, &mut made)
                .map_err(|e| Fault::Broken(format!("its colours cannot be converted: {e:?}")))?;
            for (pixel, rgb) in from.as_chunks_mut::<4>().0.iter_mut().zip(made.as_chunks::<3>().0)
            {
                pixel[..3].copy_from_slice(rgb);
            }
        }
        for (to, from) in to.iter_mut().zip(from) {
            *to = to_eight(from);
        }
        Ok(())
    }
}

fn rows<'a>(
    from: &'a [u16],
    to: &'a mut RgbaImage,
) -> impl Iterator<Item = (&'a [u16], &'a mut [u8])> {
    let stride = to.width() as usize * 4;
    from.chunks_exact(stride).zip(to.chunks_exact_mut(stride))
}

/// The nearest of 255 levels; no value lies halfway.
fn to_eight(value: u16) -> u8 {
    ((u32::from(value) * 255 + 32_767) / 65_535) as u8
}

/// Divides colours by the alpha that they were multiplied with.
fn straighten(pixel: &mut [u16; 4]) {
    let alpha = u32::from(pixel[3]);
    for colour in &mut pixel[..3] {
        let whole = u32::from(*colour) * 65_535;
        *colour = (whole + alpha / 2).checked_div(alpha).unwrap_or(0).min(65_535) as u16;
    }
}

/// The description in an ICC profile: tag `desc`, of type `desc` (version 2) or `mluc` (version 4). ICC.1:2022, 7.3.
pub fn profile_name(icc: &[u8]) -> Option<String> {
    let word = |at: usize| {
        let four = icc.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(four.try_into().expect("four bytes were taken")) as usize)
    };
    let tags = word(128)?.min(100);
    let at = (0..tags)
        .map(|i| 132 + 12 * i)
        .find(|&t| icc.get(t..t + 4) == Some(b"desc"))
        .and_then(|t| word(t + 4))?;
    let name = match icc.get(at..at.checked_add(4)?)? {
        b"desc" => {
            let text = icc.get(at + 12..(at + 12).checked_add(word(at + 8)?)?)?;
            String::from_utf8_lossy(text).into_owned()
        }
        b"mluc" => {
            let from = at.checked_add(word(at + 24)?)?;
            let text = icc.get(from..from.checked_add(word(at + 20)?)?)?;
            let units = text.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect()
        }
        _ => return None,
    };
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Some(name.trim().to_string())
}
