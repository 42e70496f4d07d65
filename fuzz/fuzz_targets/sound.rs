#![no_main]

// Without it nothing would be decoded, and nothing found.
#[cfg(not(feature = "audio"))]
compile_error!("sound files are read with the feature `audio`");

#[path = "../../tests/hostile/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::sound_file(data));
