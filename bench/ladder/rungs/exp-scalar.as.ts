/** The exponentials of a row, one after another, by the standard library. */

export function topOf(row: usize, end: usize): f32 {
  let top = load<f32>(row)
  for (let p = row + 4; p < end; p += 4) top = max(top, load<f32>(p))
  return top
}

/** row ← e^(row − top); → the sum. */
export function expRow(row: usize, end: usize, top: f32): f32 {
  let sum: f32 = 0
  for (let p = row; p < end; p += 4) {
    const e = Mathf.exp(load<f32>(p) - top)
    store<f32>(p, e)
    sum += e
  }
  return sum
}
