//! Reports for people: figures, what they mean, and pictures of them, all as text. It knows what was seen and never how;
//! it measures nothing and writes no file.

pub mod timing;
