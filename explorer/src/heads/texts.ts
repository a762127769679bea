/** Texts written one a line. */

/** An address that is longer than this is no link any more. */
const LONGEST_FIELD = 1800

export function linesIn(written: string): string[] {
  return written
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

export const fitsAddress = (written: string): boolean => encodeURIComponent(written).length <= LONGEST_FIELD
