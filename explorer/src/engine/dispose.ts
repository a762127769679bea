/** Browsers without explicit resource management lack the two symbols that the library's classes are built on. */

for (const name of ['dispose', 'asyncDispose'] as const)
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) })
