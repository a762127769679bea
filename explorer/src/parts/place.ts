/** A place that a view keeps in the address as `layer,head,…`: numbers, or `mean`. */

export function parsePlace(field: string | undefined): readonly (number | 'mean' | undefined)[] {
  return (field ?? '').split(',').map((part) => (part === 'mean' ? part : /^\d{1,6}$/.test(part) ? Number(part) : undefined))
}

export function formatPlace(parts: readonly (number | 'mean' | undefined)[]): string | undefined {
  const last = parts.findLastIndex((part) => part !== undefined)
  return last < 0
    ? undefined
    : parts
        .slice(0, last + 1)
        .map((part) => part ?? '')
        .join(',')
}
