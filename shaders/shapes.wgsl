// Rectangles, ellipses, and the disc that marks a place on a scale. Positions are pixels from the top left.

@group(0) @binding(0) var<uniform> screen: vec4<f32>; // width, height, unused, unused

struct Instance {
    @location(0) rect: vec4<f32>,   // left, top, width, height
    @location(1) color: vec4<f32>,
    @location(2) inside: vec4<f32>, // colour within the outline of a disc
    @location(3) stroke: f32,       // width of that outline; of an ellipse 0 where it is filled
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

// How much of a pixel lies within an ellipse around the origin. Its distance from the edge is taken to first order: the
// value of the implicit equation by its gradient, which is exact for a circle.
fn within(at: vec2<f32>, radii: vec2<f32>) -> f32 {
    if radii.x <= 0.0 || radii.y <= 0.0 {
        return 0.0;
    }
    let scaled = at / radii;
    let k = length(scaled);
    let slope = length(scaled / radii);
    if slope == 0.0 {
        return 1.0;
    }
    return clamp(0.5 - k * (k - 1.0) / slope, 0.0, 1.0);
}

@fragment
fn ellipse(in: Corner) -> @location(0) vec4<f32> {
    let radii = in.rect.zw * 0.5;
    let at = in.position.xy - in.rect.xy - radii;
    var covered = within(at, radii);
    if in.stroke > 0.0 {
        covered -= within(at, radii - in.stroke);
    }
    return vec4(in.color.rgb, in.color.a * max(covered, 0.0));
}
