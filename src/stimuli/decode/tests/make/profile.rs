//! ICC profiles made tag by tag from published numbers, and what colours they mean, computed in double precision
//! without the colour library.

/// A colour space of three primaries and a gamma.
pub struct Space {
    pub name: &'static str,
    /// Red, green and blue in XYZ of D50: what the profile holds.
    pub primaries: [[f64; 3]; 3],
    pub curve: Curve,
}

#[derive(Clone, Copy)]
pub enum Curve {
    Gamma(f64),
    Srgb,
}

/// Adobe RGB (1998), version 2005-05, 4.3.1 and annex C.
pub const ADOBE: Space = Space {
    name: "Adobe RGB (1998)",
    primaries: [
        [0.60974, 0.31111, 0.01947],
        [0.20528, 0.62567, 0.06087],
        [0.14919, 0.06322, 0.74457],
    ],
    curve: Curve::Gamma(2.199_218_75),
};
/// Display P3, from Apple's profile.
pub const P3: Space = Space {
    name: "Display P3",
    primaries: [
        [0.51512, 0.24120, -0.00105],
        [0.29198, 0.69225, 0.04189],
        [0.15710, 0.06657, 0.78407],
    ],
    curve: Curve::Srgb,
};
/// ROMM RGB, whose white is D50 itself (ISO 22028-2), with the plain gamma of common profiles.
pub const PROPHOTO: Space = Space {
    name: "ProPhoto RGB",
    primaries: [[0.79767, 0.28804, 0.0], [0.13519, 0.71188, 0.0], [0.03134, 0.00009, 0.82491]],
    curve: Curve::Gamma(1.8),
};
/// IEC 61966-2-1, adapted to D50.
pub const SRGB: Space = Space {
    name: "my monitor",
    primaries: [
        [0.43607, 0.22249, 0.01392],
        [0.38515, 0.71687, 0.09708],
        [0.14307, 0.06061, 0.71410],
    ],
    curve: Curve::Srgb,
};
/// The same with light in proportion to the numbers.
pub const LINEAR: Space = Space { name: "linear sRGB", curve: Curve::Gamma(1.0), ..SRGB };

impl Space {
    /// The space as a profile of version 2.
    pub fn profile(&self) -> Vec<u8> {
        let mut tags = vec![(*b"desc", desc(self.name)), (*b"wtpt", xyz([0.9642, 1.0, 0.8249]))];
        for (i, letter) in (*b"rgb").into_iter().enumerate() {
            tags.push(([letter, b'X', b'Y', b'Z'], xyz(self.primaries[i])));
            tags.push(([letter, b'T', b'R', b'C'], self.curve.tag()));
        }
        profile(b"RGB ", b"XYZ ", &tags)
    }

    /// What a colour of this space (0 to 1) is in sRGB (0 to 255), cut to what sRGB can show.
    pub fn in_srgb(&self, colour: [f64; 3]) -> [f64; 3] {
        let light = colour.map(|v| self.curve.light(v));
        let xyz: Vec<f64> =
            (0..3).map(|k| (0..3).map(|i| self.primaries[i][k] * light[i]).sum()).collect();
        let to = inverse(SRGB.primaries);
        to.map(|row| srgb_level((0..3).map(|k| row[k] * xyz[k]).sum()))
    }
}

impl Curve {
    fn light(self, value: f64) -> f64 {
        match self {
            Curve::Gamma(gamma) => value.powf(gamma),
            Curve::Srgb if value <= 0.04045 => value / 12.92,
            Curve::Srgb => ((value + 0.055) / 1.055).powf(2.4),
        }
    }

    /// A gamma, or a table of the curve.
    pub fn tag(self) -> Vec<u8> {
        let values: Vec<u16> = match self {
            Curve::Gamma(gamma) => vec![(gamma * 256.0).round() as u16],
            Curve::Srgb => (0..1024)
                .map(|i| (self.light(f64::from(i) / 1023.0) * 65535.0).round() as u16)
                .collect(),
        };
        let mut tag = b"curv\0\0\0\0".to_vec();
        tag.extend((values.len() as u32).to_be_bytes());
        tag.extend(values.iter().flat_map(|v| v.to_be_bytes()));
        tag
    }
}

/// What turns XYZ into parts of three primaries: each row gives one part.
fn inverse(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    };
    let rows = [cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])];
    let whole: f64 = (0..3).map(|i| m[0][i] * rows[0][i]).sum();
    rows.map(|row| row.map(|v| v / whole))
}

/// Linear light (0 to 1, cut to it) as a level of 255 in sRGB. IEC 61966-2-1.
pub fn srgb_level(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    255.0 * if light <= 0.0031308 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// A space as a profile of tables (`mft2`): curves to light, then the eight corners of the cube in XYZ.
pub fn tables(space: &Space) -> Vec<u8> {
    let word = |v: f64| ((v * 65535.0).round() as u16).to_be_bytes();
    let mut lut = b"mft2\0\0\0\0\x03\x03\x02\0".to_vec();
    for i in 0..9 {
        lut.extend(if i % 4 == 0 { 65536u32 } else { 0 }.to_be_bytes());
    }
    lut.extend([1, 0, 0, 2]);
    for _ in 0..3 {
        lut.extend((0..256).flat_map(|i| word(space.curve.light(f64::from(i) / 255.0))));
    }
    for corner in 0..8 {
        let parts = [corner >> 2 & 1, corner >> 1 & 1, corner & 1].map(f64::from);
        for k in 0..3 {
            let value: f64 = (0..3).map(|i| space.primaries[i][k] * parts[i]).sum();
            // XYZ of 1 + 32767/32768 is the highest number.
            lut.extend(word(value.max(0.0) * 32768.0 / 65535.0));
        }
    }
    for _ in 0..3 {
        lut.extend([0, 0, 0xFF, 0xFF]);
    }
    let tags = [(*b"desc", desc(space.name)), (*b"A2B0", lut.clone()), (*b"A2B1", lut)];
    profile(b"RGB ", b"XYZ ", &tags)
}

/// A grey profile of this curve.
pub fn grey(name: &str, curve: Curve) -> Vec<u8> {
    let tags =
        [(*b"desc", desc(name)), (*b"wtpt", xyz([0.9642, 1.0, 0.8249])), (*b"kTRC", curve.tag())];
    profile(b"GRAY", b"XYZ ", &tags)
}

/// A profile of these spaces and tags, for a display.
pub fn profile(space: &[u8; 4], pcs: &[u8; 4], tags: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = vec![0; 128];
    out[8..12].copy_from_slice(&[2, 0x10, 0, 0]);
    out[12..16].copy_from_slice(b"mntr");
    out[16..20].copy_from_slice(space);
    out[20..24].copy_from_slice(pcs);
    out[24..36].copy_from_slice(&[7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    out[36..40].copy_from_slice(b"acsp");
    out[68..80].copy_from_slice(&xyz([0.9642, 1.0, 0.8249])[8..]);
    out.extend((tags.len() as u32).to_be_bytes());
    let mut at = 132 + 12 * tags.len();
    for (name, data) in tags {
        out.extend(name);
        out.extend((at as u32).to_be_bytes());
        out.extend((data.len() as u32).to_be_bytes());
        at += data.len().next_multiple_of(4);
    }
    for (_, data) in tags {
        out.extend(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    let size = (out.len() as u32).to_be_bytes();
    out[..4].copy_from_slice(&size);
    out
}

/// A description of version 2.
pub fn desc(name: &str) -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0".to_vec();
    tag.extend((name.len() as u32 + 1).to_be_bytes());
    tag.extend(name.bytes());
    // An end, no Unicode and no Macintosh name.
    tag.extend([0; 1 + 8 + 3 + 67]);
    tag
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    tag.extend(values.iter().flat_map(|v| ((v * 65536.0).round() as i32).to_be_bytes()));
    tag
}
