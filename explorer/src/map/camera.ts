/** Which part of a matrix is in view, and how large: pure arithmetic, in tokens and pixels. */

/** Pixels of a tile's side, where tokens are pooled little. */
export const TILE = 128
/** Tokens on a tile's side at most, so that no question takes long. */
export const MOST = 4096
/** How much nearer a key or a button brings. */
export const STEP = 1.5
/** Pixels of one token, at most. */
export const LARGEST = 40

export interface Camera {
  /** The token at the left and at the top edge; not whole. */
  readonly column: number
  readonly row: number
  /** Pixels a token. */
  readonly scale: number
}

export interface Stage {
  /** Tokens on each side of the matrix. */
  readonly rows: number
  readonly columns: number
  /** Pixels of the part that shows it. */
  readonly width: number
  readonly height: number
}

export interface TilePlace {
  /** 2^level × 2^level weights a number. */
  readonly level: number
  /** Counted in tiles. */
  readonly row: number
  readonly column: number
}

/** The whole matrix in view, as large as it goes. */
export function whole({ rows, columns, width, height }: Stage): Camera {
  return { row: 0, column: 0, scale: Math.min(LARGEST, width / Math.max(1, columns), height / Math.max(1, rows)) }
}

/** Nothing smaller than the whole, nothing beyond the edges. */
export function within(camera: Camera, stage: Stage): Camera {
  const scale = Math.min(LARGEST, Math.max(whole(stage).scale, camera.scale))
  const clamp = (from: number, tokens: number, pixels: number): number =>
    Math.max(0, Math.min(from, tokens - Math.min(tokens, pixels / scale)))
  return {
    scale,
    row: clamp(camera.row, stage.rows, stage.height),
    column: clamp(camera.column, stage.columns, stage.width),
  }
}

/** Larger by `factor`; what stands at pixel (x, y) stays there. */
export function zoomed(camera: Camera, stage: Stage, factor: number, x: number, y: number): Camera {
  const scale = Math.min(LARGEST, Math.max(whole(stage).scale, camera.scale * factor))
  return within(
    {
      scale,
      column: camera.column + x / camera.scale - x / scale,
      row: camera.row + y / camera.scale - y / scale,
    },
    stage,
  )
}

/** Moved by pixels. */
export function panned(camera: Camera, stage: Stage, x: number, y: number): Camera {
  return within({ ...camera, column: camera.column - x / camera.scale, row: camera.row - y / camera.scale }, stage)
}

/** A cell in the middle of the view, `scale` pixels large. */
export function centred(stage: Stage, row: number, column: number, scale: number): Camera {
  const at = { scale, row: row + 0.5 - stage.height / scale / 2, column: column + 0.5 - stage.width / scale / 2 }
  return within(at, stage)
}

/** The cell at a pixel; undefined beside the matrix. */
export function cellAt(
  camera: Camera,
  { rows, columns }: Stage,
  x: number,
  y: number,
): { row: number; column: number } | undefined {
  const [row, column] = [Math.floor(camera.row + y / camera.scale), Math.floor(camera.column + x / camera.scale)]
  return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : undefined
}

/** How many times tokens are halved so that a number is a pixel to two; `density`: the screen's pixels for one of the page's. */
export function levelOf({ scale }: Camera, density: number): number {
  return Math.max(0, Math.ceil(Math.log2(1 / (scale * density)) - 1e-9))
}

/** Tokens on a tile's side. */
export function spanOf(level: number): number {
  return Math.min(TILE * 2 ** level, Math.max(MOST, 2 ** level))
}

/** The tiles of a level that are in view, those in the middle first. */
export function tilesInView(camera: Camera, stage: Stage, level: number): TilePlace[] {
  const span = spanOf(level)
  const range = (from: number, pixels: number, tokens: number): [number, number] => [
    Math.floor(from / span),
    Math.ceil(Math.min(tokens, from + pixels / camera.scale) / span),
  ]
  const [r0, r1] = range(camera.row, stage.height, stage.rows)
  const [c0, c1] = range(camera.column, stage.width, stage.columns)
  const places: TilePlace[] = []
  for (let row = r0; row < r1; row++) for (let column = c0; column < c1; column++) places.push({ level, row, column })
  const far = ({ row, column }: TilePlace): number => Math.hypot(row + 0.5 - (r0 + r1) / 2, column + 0.5 - (c0 + c1) / 2)
  return places.sort((a, b) => far(a) - far(b))
}

/** Rows and columns of the matrix that a tile stands for. */
export function windowOf({ level, row, column }: TilePlace, { rows, columns }: Pick<Stage, 'rows' | 'columns'>) {
  const span = spanOf(level)
  return {
    r0: row * span,
    r1: Math.min(rows, (row + 1) * span),
    c0: column * span,
    c1: Math.min(columns, (column + 1) * span),
  }
}

/** The level at which the whole matrix is at most `side` numbers wide. */
export function overviewLevel(tokens: number, side: number): number {
  return Math.max(0, Math.ceil(Math.log2(tokens / side)))
}
