/** What the graphics processor is told: how links, plates and streams are drawn. GLSL ES 3.00; colours are sRGB, alpha is premultiplied. */

import { PLATE } from './layout.ts'

/** No more tokens than this stand in the space at once. */
export const MOST_TOKENS = 64

const float = (n: number): string => n.toFixed(6)

const COMMON = `
precision highp float;
precision highp int;
uniform mat4 projectionMatrix;
uniform mat4 viewMatrix;
uniform float x[${MOST_TOKENS}];
uniform float rise;
const vec2 PLATE = vec2(${float(PLATE.width)}, ${float(PLATE.height)});
/** 1 near, 0 far: what is far is fainter. */
uniform vec2 haze;
float nearness(float far) { return 1.0 - smoothstep(haze.x, haze.y, far); }
`

/**
 * A link is a ribbon along its curve that always faces the eye. Links of the token in focus stand out, with light travelling along them;
 * where nothing moves, a link grows stronger towards the token that looks.
 */
export const LINK = {
  vertex: `${COMMON}
/** Pixels of a unit beyond which a link grows no wider as it comes nearer. */
const float LARGEST = 110.0;
in vec2 at;         // along the curve 0 … 1, across −1 … 1
in vec4 place;      // column, token, layer, head
in float weight;
uniform vec2 size;  // of the picture, in pixels
uniform float focal;
uniform float heads;
uniform float depth;
uniform float token; // in focus
uniform float outline; // in pixels; more than 0 for the link that is spoken of
out float along;
out float across;
out float halfWidth;
out float strength;
out float share;
out float lit;
out float phase;

void main() {
  float z = place.w > 254.5 || heads < 2.0 ? 0.0 : depth * (0.5 - place.w / (heads - 1.0));
  float low = place.z * rise + 0.5 * PLATE.y;
  float high = (place.z + 1.0) * rise - 0.5 * PLATE.y;
  float middle = 0.5 * (low + high);
  vec3 a = vec3(x[int(place.x + 0.5)], low, 0.0);
  vec3 b = vec3(a.x, middle, z);
  vec3 d = vec3(x[int(place.y + 0.5)], high, 0.0);
  vec3 c = vec3(d.x, middle, z);
  float t = at.x;
  float s = 1.0 - t;
  vec3 here = s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d;
  vec3 way = s * s * (b - a) + 2.0 * s * t * (c - b) + t * t * (d - c);

  vec4 from = projectionMatrix * (viewMatrix * vec4(here, 1.0));
  vec4 on = projectionMatrix * (viewMatrix * vec4(way, 0.0));
  // The way as the picture has it, but for a positive factor: the derivative of from.xy / from.w.
  vec2 seen = (on.xy * from.w - from.xy * on.w) * size;
  vec2 normal = vec2(-seen.y, seen.x) / max(length(seen), 1e-6);

  lit = abs(place.y - token) < 0.5 || outline > 0.0 ? 1.0 : 0.0;
  float wide = (0.012 + 0.14 * weight) * (lit > 0.5 ? 1.0 : 0.45) * min(focal / from.w, LARGEST);
  halfWidth = 0.5 * max(wide, lit > 0.5 ? 1.4 : 1.0);
  strength = clamp(wide, 0.75, 1.0) * mix(0.5, 1.0, nearness(from.w));
  float reach = halfWidth + outline + 0.75;
  across = at.y * reach;
  along = t;
  share = weight;
  phase = fract(dot(place, vec4(0.731, 0.377, 0.193, 0.619)));
  gl_Position = vec4(from.xy + normal * across * 2.0 / size * from.w, from.zw);
}`,
  fragment: `${COMMON}
in float along;
in float across;
in float halfWidth;
in float strength;
in float share;
in float lit;
in float phase;
uniform sampler2D scale; // weight colours by √weight
uniform vec3 ink;
uniform float outline;
uniform float quiet;     // how strong links beside those of the token in focus are: the more, the fainter
uniform float time;      // in journeys; negative: nothing moves
out vec4 colour;

float edge(float half_) { return clamp(half_ + 0.5 - abs(across), 0.0, 1.0); }

void main() {
  vec3 paint = texture(scale, vec2(sqrt(share), 0.5)).rgb;
  float alpha = mix((0.18 + 0.34 * sqrt(share)) * quiet, 0.35 + 0.65 * sqrt(share), lit);
  alpha *= mix(0.55 + 0.45 * along, 1.0, lit * step(0.0, time));
  if (lit > 0.5 && time >= 0.0) {
    float wave = fract(along - time - phase) - 0.5;
    float light = exp(-90.0 * wave * wave);
    float core = 1.0 - smoothstep(0.2, 0.9, abs(across) / halfWidth);
    paint = mix(paint, vec3(1.0), 0.85 * light * core);
    alpha = min(1.0, alpha + 0.35 * light);
  }
  float inner = edge(halfWidth);
  float whole = alpha * strength * inner;
  if (outline > 0.0) {
    float rim = edge(halfWidth + outline);
    paint = mix(ink, paint, inner);
    whole = rim;
  }
  colour = vec4(paint * whole, whole);
}`,
}

/**
 * A plate holds the values of one token's stream at one level, a cell each, coloured by sign and √size. Plates turn with the eye about
 * their upright axis. Where a cell would be smaller than the eye can tell, the plate is plain.
 */
export const PLATES = {
  vertex: `${COMMON}
in vec2 at;    // 0 … 1 from the lower left
in vec2 place; // token, level
uniform vec3 right;
uniform vec3 marked; // token, level, cell that is spoken of
uniform float token;
out vec2 spot;
flat out float first;
flat out float inFocus;
flat out float cell;
out float near;

void main() {
  vec3 middle = vec3(x[int(place.x + 0.5)], place.y * rise, 0.0);
  vec2 off = (at - 0.5) * PLATE;
  vec4 seen = viewMatrix * vec4(middle + off.x * right + vec3(0.0, off.y, 0.0), 1.0);
  spot = vec2(at.x, 1.0 - at.y);
  first = place.y * ${MOST_TOKENS}.0 + place.x;
  bool here = abs(place.x - marked.x) < 0.5 && abs(place.y - marked.y) < 0.5;
  cell = here ? marked.z : -1.0;
  inFocus = here ? 2.0 : abs(place.x - token) < 0.5 ? 1.0 : 0.0;
  near = nearness(-seen.z);
  gl_Position = projectionMatrix * seen;
}`,
  fragment: `${COMMON}
in vec2 spot;
flat in float first;
flat in float inFocus;
flat in float cell;
in float near;
uniform highp sampler2D values;
uniform sampler2D signs; // colours from −1 to 1
uniform float count;     // tokens
uniform float width;     // values of a token; 0: not known yet
uniform vec2 grid;       // columns, rows
uniform float limit;
uniform vec3 plain;
uniform vec3 line;
uniform vec3 ink;
out vec4 colour;

void main() {
  vec2 pixel = fwidth(spot);
  vec2 rim = min(spot, 1.0 - spot) / pixel;
  float border = min(rim.x, rim.y);
  vec3 paint = plain;
  vec2 scaled = spot * grid;
  vec2 footprint = pixel * grid;
  if (width > 0.0) {
    vec2 which = min(floor(scaled), grid - 1.0);
    float n = which.y * grid.x + which.x;
    float level = floor(first / ${MOST_TOKENS}.0);
    float token_ = first - level * ${MOST_TOKENS}.0;
    int index = int((level * count + token_) * width + n + 0.5);
    int across = textureSize(values, 0).x;
    float value = n < width ? texelFetch(values, ivec2(index % across, index / across), 0).r : 0.0;
    float shade = sign(value) * sqrt(min(abs(value) / limit, 1.0));
    vec3 told = texture(signs, vec2(0.5 + shade * 0.498, 0.5)).rgb;
    vec2 within = abs(fract(scaled) - 0.5);
    float gap = smoothstep(0.16, 0.08, max(footprint.x, footprint.y)) * smoothstep(0.46, 0.48, max(within.x, within.y));
    told = mix(told, plain, gap);
    paint = mix(told, plain, smoothstep(0.9, 1.9, max(footprint.x, footprint.y)));
    vec2 inward = (0.5 - within) / footprint;
    if (abs(n - cell) < 0.5 && min(inward.x, inward.y) < 1.6) paint = ink;
  }
  float rimWidth = inFocus > 1.5 ? 2.0 : 1.0;
  if (border < rimWidth) paint = inFocus > 0.5 ? ink : mix(plain, line, 0.5);
  paint = mix(plain, paint, inFocus > 0.5 ? 1.0 : mix(0.45, 1.0, near));
  colour = vec4(paint, 1.0);
}`,
}

/** The streams themselves: a line from plate to plate, in ink for the token in focus. */
export const STREAMS = {
  vertex: `${COMMON}
in vec2 place; // token, height in levels, the plate's edge added
uniform float token;
out float here;
out float near;
void main() {
  float level = floor(place.y + 0.5);
  float edge = sign(place.y - level) * 0.5 * PLATE.y;
  vec4 seen = viewMatrix * vec4(x[int(place.x + 0.5)], level * rise + edge, 0.0, 1.0);
  here = abs(place.x - token) < 0.5 ? 1.0 : 0.0;
  near = nearness(-seen.z);
  gl_Position = projectionMatrix * seen;
}`,
  fragment: `${COMMON}
in float here;
in float near;
uniform vec3 ink;
uniform vec3 line;
out vec4 colour;
void main() {
  float alpha = here > 0.5 ? 1.0 : mix(0.2, 0.5, near);
  colour = vec4(mix(line, ink, here) * alpha, alpha);
}`,
}
