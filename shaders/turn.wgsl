// Copies an upright canvas to the screen, flipped or turned as the rig's mirrors need it; bytes unchanged.

@group(0) @binding(0) var canvas: texture_2d<f32>;
@group(0) @binding(1) var<uniform> flip: vec4<u32>; // 1 to flip horizontally, 1 to flip vertically

@vertex
fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    return vec4(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn turned(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let at = vec2<u32>(position.xy);
    let last = textureDimensions(canvas) - 1u;
    return textureLoad(canvas, select(at, last - at, flip.xy == vec2(1u)), 0);
}
