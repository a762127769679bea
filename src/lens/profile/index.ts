/** Where in a text attention goes, and what that is worth. */

export type { PartEffectOptions } from './effect.ts'
export type { Part } from './parts.ts'
export { type HeadProfile, type LayerProfile, type Profile, type ProfileOptions, profile, type Shares } from './profile.ts'
