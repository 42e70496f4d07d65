//! Every shader is read and checked without a card.
#![cfg(feature = "gpu")]

use wgpu::naga::front::wgsl;
use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_shader_is_valid() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let mut checked = 0;
    for entry in std::fs::read_dir(&dir).expect("shaders/ is there") {
        let path = entry.expect("shaders/ can be read").path();
        let text = std::fs::read_to_string(&path).expect("a shader is text");
        let name = path.display().to_string();
        let module = wgsl::parse_str(&text)
            .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(&text, &name)));
        Validator::new(ValidationFlags::all(), Capabilities::default())
            .validate(&module)
            .unwrap_or_else(|e| panic!("{}", e.emit_to_string_with_path(&text, &name)));
        checked += 1;
    }
    assert!(checked >= 3, "only {checked} shaders in {}", dir.display());
}
