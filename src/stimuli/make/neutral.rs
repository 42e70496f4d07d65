//! The neutral themes: household things and quiet places, in calm colours.

mod indoors;
mod outdoors;

use super::canvas::Ink;
use super::scenes::Theme;

const WALLS: [u32; 4] = [0xE6DFD0, 0xD5E0E2, 0xDFE3D2, 0xE4D9DF];
const FLOORS: [u32; 4] = [0xB79B78, 0x9AA3A3, 0xA98F6F, 0x8F8578];
const CALM: [u32; 4] = [0x5F86A6, 0xB5795A, 0x74936A, 0x8A739C];
const WOOD: Ink = Ink::new(0x8A6442);
const WHITE: Ink = Ink::new(0xF7F5EF);
const DARK: Ink = Ink::new(0x3A4048);

/// The themes, in the order of the table.
pub const THEMES: [Theme; 16] = [
    ("cup", indoors::cup),
    ("chair", indoors::chair),
    ("tree", outdoors::tree),
    ("house", outdoors::house),
    ("lamp", indoors::lamp),
    ("umbrella", outdoors::umbrella),
    ("boat", outdoors::boat),
    ("books", indoors::books),
    ("clock", indoors::clock),
    ("kettle", indoors::kettle),
    ("plant", indoors::plant),
    ("hills", outdoors::hills),
    ("bridge", outdoors::bridge),
    ("bench", outdoors::bench),
    ("key", indoors::key),
    ("fruit", indoors::fruit),
];

/// The themes to practise with: the sets have other pictures of them.
pub const PRACTICE: [Theme; 4] = [
    ("lamp", indoors::lamp),
    ("boat", outdoors::boat),
    ("plant", indoors::plant),
    ("bridge", outdoors::bridge),
];
