//! Light and the numbers that stand for it: the transfer function of sRGB (IEC 61966-2-1), both ways. It knows no pixel
//! format and no screen.

/// The light of an sRGB value; both are shares of the brightest, 0 to 1.
pub fn linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// The sRGB value of a light; both are shares of the brightest, 0 to 1.
pub fn encoded(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}

/// The nearest of the 256 levels of a light from 0 to 1.
pub fn level(light: f64) -> u8 {
    (encoded(light.clamp(0.0, 1.0)) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_comes_back_from_its_light() {
        assert!((0..=255).all(|v: u8| level(linear(f64::from(v) / 255.0)) == v));
    }
}
