/**
 * `Symbol.dispose` for engines that do not have it yet (Safari): `using` and the classes that it frees ask for it. Imported before any
 * such class is defined. Where the runtime helpers of bundlers look for it too: in the registry of symbols.
 */

if (!Symbol.dispose) Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose') })

export {}
