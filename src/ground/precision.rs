//! How many decimals the values of a scale need to be told apart in a text. It knows the ends of the scale alone, not
//! what the values mean or who writes them.

/// Decimals that every scale has.
const FEWEST: i32 = 4;
/// A double has about 15 digits; these leave some before the point.
const MOST: i32 = 12;
/// Significant digits of the range that must not be lost.
const DIGITS: i32 = 4;

/// Decimals of the values of a scale between two ends: as many as give four significant digits of the distance from one
/// end to the other, but never fewer than 4 and never more than 12. Ends that are equal or not finite give 4.
pub fn decimals(left: f64, right: f64) -> usize {
    let range = (right - left).abs();
    if !range.is_finite() || range == 0.0 {
        return FEWEST as usize;
    }
    // Written out, as a logarithm may come out just below a whole number.
    let text = format!("{range:.3e}");
    let exponent = text.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok());
    let exponent = exponent.expect("a number in exponential form has an exponent");
    (DIGITS - 1 - exponent).clamp(FEWEST, MOST) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ranges_keep_four_significant_digits_and_no_range_has_fewer_than_four_decimals() {
        let ends = [
            ((0.0, 100.0), 4),
            ((-0.5, 0.5), 4),
            ((0.0, 0.1), 4),
            ((0.0, 0.05), 5),
            ((0.0, 0.001), 6),
            ((0.002, 0.001), 6),
            ((5.0, 5.0001), 7),
            ((0.0, 1e-9), 12),
            ((0.0, 1e-30), 12),
            ((0.0, 1e15), 4),
            ((3.0, 3.0), 4),
            ((f64::NEG_INFINITY, f64::INFINITY), 4),
        ];
        for ((left, right), wanted) in ends {
            assert_eq!(decimals(left, right), wanted, "{left} to {right}");
        }
    }

    #[test]
    fn a_range_keeps_four_digits_down_to_a_billionth() {
        for power in 0..9 {
            let range = 1.234 * 10f64.powi(-power);
            let text = format!("{range:.*}", decimals(0.0, range));
            let digits = text.trim_start_matches(['0', '.']).replace('.', "");
            assert!(digits.starts_with("1234"), "{range}: {text}");
        }
    }
}
