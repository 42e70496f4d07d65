// Solid rectangles, and the disc that marks a place on a scale. Positions are pixels from the top left.

@group(0) @binding(0) var<uniform> screen: vec4<f32>; // width, height, unused, unused

struct Instance {
    @location(0) rect: vec4<f32>,   // left, top, width, height
    @location(1) color: vec4<f32>,
    @location(2) inside: vec4<f32>, // colour within the outline of a disc
    @location(3) stroke: f32,       // width of that outline
};

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) rect: vec4<f32>,
    @location(1) @interpolate(flat) color: vec4<f32>,
    @location(2) @interpolate(flat) inside: vec4<f32>,
    @location(3) @interpolate(flat) stroke: f32,
};

@vertex
fn corner(@builtin(vertex_index) i: u32, shape: Instance) -> Corner {
    let unit = vec2<f32>(f32(i & 1u), f32(i >> 1u));
    let px = shape.rect.xy + unit * shape.rect.zw;
    var out: Corner;
    out.position = vec4(px.x / screen.x * 2.0 - 1.0, 1.0 - px.y / screen.y * 2.0, 0.0, 1.0);
    out.rect = shape.rect;
    out.color = shape.color;
    out.inside = shape.inside;
    out.stroke = shape.stroke;
    return out;
}

@fragment
fn fill(in: Corner) -> @location(0) vec4<f32> {
    return in.color;
}

// Edges fade over one pixel, in linear light.
@fragment
fn disc(in: Corner) -> @location(0) vec4<f32> {
    let radius = in.rect.z * 0.5;
    let from_edge = radius - distance(in.position.xy, in.rect.xy + in.rect.zw * 0.5);
    let within = clamp(from_edge + 0.5, 0.0, 1.0);
    let inner = clamp(from_edge - in.stroke + 0.5, 0.0, 1.0);
    return vec4(mix(in.color.rgb, in.inside.rgb, inner), within);
}
