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

/** Pieces of a link's curve at its finest. */
export const PIECES = 24
/** A link has the numbers of this many corners, of which 2 · (PIECES + 1) are used: a power of two, so that numbers come apart by bits. */
export const CORNERS = 64
/** Links and values lie in textures this broad: powers of two for the same reason. */
export const LINK_COLUMNS = 256
export const VALUE_COLUMNS = 2048

const bits = (n: number): number => Math.log2(n)

/**
 * A link is a ribbon along its curve that always faces the eye. Links of the token in focus stand out, with light travelling along them;
 * where nothing moves, a link grows stronger towards the token that looks. What is the same across a ribbon is made at its corners: there
 * are far fewer of them than of pixels. `outline`: the width of a rim in ink, in pixels, for the link that is spoken of.
 */
export const linkShaders = (outline = 0) => ({
  vertex: `${COMMON}
/** Pixels of a unit beyond which a link grows no wider as it comes nearer. */
const float LARGEST = 110.0;
const float OUTLINE = ${float(outline)};
uniform highp sampler2D links; // column, token, 256 · layer + head, weight
uniform sampler2D scale; // weight colours by √weight
uniform vec2 size;  // of the picture, in pixels
uniform float fine; // a pixel's share of what it is where the picture is drawn in full: 1 there
uniform float focal;
uniform float heads;
uniform float depth;
uniform float token; // in focus
uniform float quiet; // how strong links beside those of the token in focus are: the more, the fainter
uniform float time;  // in journeys; negative: nothing moves
flat out vec3 paint;
flat out float phase; // negative: without light
out float along;
out float across;
out float halfWidth;
out float alpha;

void main() {
  int n = gl_VertexID >> ${bits(CORNERS)};
  int corner = gl_VertexID & ${CORNERS - 1};
  vec4 link = texelFetch(links, ivec2(n & ${LINK_COLUMNS - 1}, n >> ${bits(LINK_COLUMNS)}), 0);
  float layer = floor(link.z / 256.0);
  float head = link.z - 256.0 * layer;
  float z = head > 254.5 || heads < 2.0 ? 0.0 : depth * (0.5 - head / (heads - 1.0));
  float low = layer * rise + 0.5 * PLATE.y;
  float high = (layer + 1.0) * rise - 0.5 * PLATE.y;
  float middle = 0.5 * (low + high);
  vec3 a = vec3(x[int(link.x + 0.5)], low, 0.0);
  vec3 b = vec3(a.x, middle, z);
  vec3 d = vec3(x[int(link.y + 0.5)], high, 0.0);
  vec3 c = vec3(d.x, middle, z);
  // Corners lie closer together where the curve bends, at its ends.
  float t = smoothstep(0.0, ${float(PIECES)}, float(corner >> 1));
  float s = 1.0 - t;
  vec3 here = s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d;
  vec3 way = s * s * (b - a) + 2.0 * s * t * (c - b) + t * t * (d - c);

  vec4 from = projectionMatrix * (viewMatrix * vec4(here, 1.0));
  vec4 on = projectionMatrix * (viewMatrix * vec4(way, 0.0));
  // The way as the picture has it, but for a positive factor: the derivative of from.xy / from.w.
  vec2 seen = (on.xy * from.w - from.xy * on.w) * size;
  vec2 normal = vec2(-seen.y, seen.x) / max(length(seen), 1e-6);

  bool lit = abs(link.y - token) < 0.5 || OUTLINE > 0.0;
  float wide = (0.012 + 0.14 * link.w) * (lit ? 1.0 : 0.45) * min(focal / from.w, LARGEST * fine);
  // A pixel wide at the least; what is thinner is fainter instead.
  float wished = max(wide, (lit ? 1.4 : 1.0) * fine);
  halfWidth = 0.5 * max(wished, 1.0);
  across = (2.0 * float(corner & 1) - 1.0) * (halfWidth + OUTLINE * fine + 0.5);
  along = t;
  float strong = sqrt(link.w);
  paint = texture(scale, vec2(strong, 0.5)).rgb;
  phase = lit && time >= 0.0 ? 1.0 + fract(dot(link, vec4(0.731, 0.377, 0.193, 0.0))) : -1.0;
  alpha = (lit ? 0.35 + 0.65 * strong : (0.18 + 0.34 * strong) * quiet)
    * (phase > 0.0 ? 1.0 : 0.55 + 0.45 * t)
    * clamp(wide / fine, 0.75, 1.0) * min(wished, 1.0) * mix(0.5, 1.0, nearness(from.w));
  gl_Position = vec4(from.xy + normal * across * 2.0 / size * from.w, from.zw);
}`,
  fragment: `precision highp float;
const float OUTLINE = ${float(outline)};
flat in vec3 paint;
flat in float phase;
in float along;
in float across;
in float halfWidth;
in float alpha;
uniform vec3 ink;
uniform float fine;
uniform float time;
out vec4 colour;

float edge(float half_) { return clamp(half_ + 0.5 - abs(across), 0.0, 1.0); }

void main() {
  vec3 seen = paint;
  float whole = alpha;
  if (phase > 0.0) {
    float off = 5.0 * (fract(along - time - phase) - 0.5);
    float light = max(0.0, 1.0 - off * off);
    light *= light * light;
    float core = clamp(1.3 - 1.4 * abs(across) / halfWidth, 0.0, 1.0);
    seen = mix(seen, vec3(1.0), 0.85 * light * core);
    whole = min(1.0, whole + 0.35 * light);
  }
  float inner = edge(halfWidth);
  whole *= inner;
  if (OUTLINE > 0.0) {
    seen = mix(ink, seen, inner);
    whole = edge(halfWidth + OUTLINE * fine);
  }
  colour = vec4(seen * whole, whole);
}`,
})

/**
 * A plate holds the values of one token's stream at one level, a cell each, coloured by sign and √size. Plates turn with the eye about
 * their upright axis. Where a cell would be smaller than the eye can tell, the plate is plain. Four corners each, numbered level by level.
 */
export const PLATES = {
  vertex: `${COMMON}
uniform vec3 right;
uniform vec3 marked; // token, level, cell that is spoken of
uniform float token;
uniform float count; // tokens
uniform float width; // values of a token; 0: not known yet
out vec2 spot;
flat out int first;  // value of the plate
flat out float inFocus;
flat out float cell;
flat out float near;

void main() {
  int plate = gl_VertexID >> 2;
  int level = plate / int(count);
  int at = plate - level * int(count);
  spot = vec2(gl_VertexID & 1, (gl_VertexID >> 1) & 1);
  vec3 middle = vec3(x[at], float(level) * rise, 0.0);
  vec2 off = vec2(spot.x - 0.5, 0.5 - spot.y) * PLATE;
  vec4 seen = viewMatrix * vec4(middle + off.x * right + vec3(0.0, off.y, 0.0), 1.0);
  first = plate * int(width);
  bool here = at == int(marked.x) && level == int(marked.y);
  cell = here ? marked.z : -1.0;
  inFocus = here ? 2.0 : at == int(token) ? 1.0 : 0.0;
  near = nearness(-seen.z);
  gl_Position = projectionMatrix * seen;
}`,
  fragment: `precision highp float;
precision highp int;
in vec2 spot;
flat in int first;
flat in float inFocus;
flat in float cell;
flat in float near;
uniform highp sampler2D values;
uniform sampler2D signs; // colours from −1 to 1
uniform float width;
uniform vec2 grid;       // columns, rows
uniform float limit;
uniform float fine; // a pixel's share of what it is where the picture is drawn in full: 1 there
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
    int index = first + int(n + 0.5);
    float value = n < width ? texelFetch(values, ivec2(index & ${VALUE_COLUMNS - 1}, index >> ${bits(VALUE_COLUMNS)}), 0).r : 0.0;
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
  if (border < max(1.0, rimWidth * fine)) paint = inFocus > 0.5 ? mix(plain, ink, min(1.0, rimWidth * fine)) : mix(plain, line, 0.5 * fine);
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
uniform float fine; // lines are a pixel wide: where a pixel is large, fainter instead
out vec4 colour;
void main() {
  float alpha = (here > 0.5 ? 1.0 : mix(0.2, 0.5, near)) * fine;
  colour = vec4(mix(line, ink, here) * alpha, alpha);
}`,
}

/** An image of the same size, pixel by pixel. */
export const KEPT = {
  vertex: `void main() { gl_Position = vec4(4.0 * vec2(gl_VertexID & 1, gl_VertexID >> 1) - 1.0, 0.0, 1.0); }`,
  fragment: `precision highp float;
uniform sampler2D kept;
out vec4 colour;
void main() { colour = texelFetch(kept, ivec2(gl_FragCoord.xy), 0); }`,
}
