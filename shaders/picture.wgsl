// Pictures: unchanged where one picture pixel is one screen pixel, else filtered in linear light.

@group(0) @binding(0) var<uniform> screen: vec4<f32>; // width, height, unused, unused
@group(1) @binding(0) var picture: texture_2d<f32>;
@group(1) @binding(1) var smooth_sampler: sampler;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) rect: vec4<f32>,
    @location(1) @interpolate(flat) opacity: f32,
};

@vertex
fn corner(@builtin(vertex_index) i: u32, @location(0) rect: vec4<f32>, @location(1) color: vec4<f32>) -> Corner {
    let unit = vec2<f32>(f32(i & 1u), f32(i >> 1u));
    let px = rect.xy + unit * rect.zw;
    var out: Corner;
    out.position = vec4(px.x / screen.x * 2.0 - 1.0, 1.0 - px.y / screen.y * 2.0, 0.0, 1.0);
    out.rect = rect;
    out.opacity = color.a;
    return out;
}

// The stored bytes as they are. The view must not decode sRGB, and the target must not encode it.
@fragment
fn native(in: Corner) -> @location(0) vec4<f32> {
    let texel = vec2<i32>(floor(in.position.xy - in.rect.xy));
    return vec4(textureLoad(picture, texel, 0).rgb, 1.0);
}

// How many samples in one direction a screen pixel needs, so that no picture pixel is left out.
fn samples(ratio: f32) -> i32 {
    return clamp(i32(ceil(ratio * 0.5 - 0.01)), 1, 16);
}

// An opaque picture of another size: the mean over the screen pixel's footprint.
@fragment
fn scaled(in: Corner) -> @location(0) vec4<f32> {
    let size = vec2<f32>(textureDimensions(picture));
    let n = vec2(samples(size.x / in.rect.z), samples(size.y / in.rect.w));
    let first = floor(in.position.xy) - in.rect.xy;
    var sum = vec3(0.0);
    for (var y = 0; y < n.y; y++) {
        for (var x = 0; x < n.x; x++) {
            let at = first + (vec2(f32(x), f32(y)) + 0.5) / vec2<f32>(n);
            sum += textureSampleLevel(picture, smooth_sampler, at / in.rect.zw, 0.0).rgb;
        }
    }
    return vec4(sum / f32(n.x * n.y), 1.0);
}

fn premultiplied(texel: vec2<i32>) -> vec4<f32> {
    let top = vec2<i32>(textureDimensions(picture)) - 1;
    let c = textureLoad(picture, clamp(texel, vec2(0), top), 0);
    return vec4(c.rgb * c.a, c.a);
}

// A picture with transparent parts, or one that can be seen through as a whole, of any size. Colour is weighted by alpha before it is filtered, so that
// the colour of invisible pixels does not bleed in.
@fragment
fn translucent(in: Corner) -> @location(0) vec4<f32> {
    let size = vec2<f32>(textureDimensions(picture));
    let n = vec2(samples(size.x / in.rect.z), samples(size.y / in.rect.w));
    let first = floor(in.position.xy) - in.rect.xy;
    var sum = vec4(0.0);
    for (var y = 0; y < n.y; y++) {
        for (var x = 0; x < n.x; x++) {
            let at = first + (vec2(f32(x), f32(y)) + 0.5) / vec2<f32>(n);
            let texel = at / in.rect.zw * size - 0.5;
            let base = floor(texel);
            let part = texel - base;
            let i = vec2<i32>(base);
            let upper = mix(premultiplied(i), premultiplied(i + vec2(1, 0)), part.x);
            let lower = mix(premultiplied(i + vec2(0, 1)), premultiplied(i + vec2(1, 1)), part.x);
            sum += mix(upper, lower, part.y);
        }
    }
    return sum / f32(n.x * n.y) * in.opacity;
}
