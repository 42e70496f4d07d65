//! Labels that tell who somebody is: they stand in every file name of the dataset, so they should be codes. A label that only
//! looks like a name or a date is warned of and taken all the same.

/// Words that are often labels, and no names.
const WORDS: [&str; 28] = [
    "anon",
    "case",
    "control",
    "debug",
    "demo",
    "dummy",
    "example",
    "first",
    "follow",
    "guest",
    "none",
    "one",
    "patient",
    "person",
    "phantom",
    "pilot",
    "post",
    "pre",
    "practice",
    "sample",
    "second",
    "session",
    "simulated",
    "sub",
    "subject",
    "test",
    "three",
    "two",
];

/// What should be said of the label of a person.
pub fn of_person(sub: &str) -> Option<String> {
    let looks = if is_date(sub) {
        "a date of birth"
    } else if is_name(sub) {
        "a name"
    } else {
        return None;
    };
    Some(format!(
        "--sub {sub} looks like {looks}, and will stand in the name of every file: use a code, such as 01, and keep the list \
         of who has which apart from the data"
    ))
}

/// What should be said of the label of a visit.
pub fn of_visit(ses: &str) -> Option<String> {
    is_date(ses).then(|| {
        format!(
            "--ses {ses} looks like a date, by which a person can be found out, and will stand in the name of every file: \
             number the visits, as in --ses 1"
        )
    })
}

/// Eight digits that are a day of 1900 to 2099 in one of the usual orders, or six with the year's last two.
fn is_date(label: &str) -> bool {
    if !label.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let n = |from: usize, to: usize| {
        label.get(from..to).and_then(|t| t.parse::<u32>().ok()).unwrap_or(0)
    };
    let day = |month: u32, day: u32| {
        let longest = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        (1..=longest).contains(&day)
    };
    let year = |year: u32| (1900..2100).contains(&year);
    match label.len() {
        8 => {
            year(n(0, 4)) && day(n(4, 6), n(6, 8))
                || year(n(4, 8)) && (day(n(2, 4), n(0, 2)) || day(n(0, 2), n(2, 4)))
        }
        6 => day(n(2, 4), n(4, 6)) || day(n(2, 4), n(0, 2)) || day(n(0, 2), n(2, 4)),
        _ => false,
    }
}

/// Three letters or more and nothing else, a small vowel among them, and no usual word: `anna`, `Bert`, but neither `ABC`,
/// `P01` nor `pilot`.
fn is_name(label: &str) -> bool {
    let letters = label.len() >= 3 && label.bytes().all(|b| b.is_ascii_alphabetic());
    letters
        && label.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        && !WORDS.contains(&label.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_birth_and_names_are_told_and_codes_are_not() {
        for date in ["19871103", "03111987", "11031987", "871103", "031187", "20000229"] {
            assert!(of_person(date).unwrap().contains("date of birth"), "{date}");
        }
        for name in ["anna", "Bert", "Smith", "meyer", "AnnaK"] {
            assert!(of_person(name).unwrap().contains("looks like a name"), "{name}");
        }
        for code in [
            "01", "1", "P01", "ABC", "XK", "s0142", "000001", "19871301", "12345678", "991399",
            "pilot", "Test",
        ] {
            assert_eq!(of_person(code), None, "{code}");
        }
        assert!(of_visit("20261130").unwrap().contains("number the visits"));
        assert_eq!(of_visit("pre"), None);
    }
}
