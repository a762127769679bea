import type { Run } from 'regard/model'

/** What a run was made of, to be read again: the text, or its tokens where there was none. */
export const inputOf = (run: Run): string | number[] => run.text ?? run.tokens.map(({ id }) => id)
