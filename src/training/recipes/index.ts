/** The recipes by name, and those that people write themselves. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Recipe } from '../recipe.ts'
import { decoder } from './decoder.ts'
import { encoder } from './encoder.ts'
import { type OwnText, ownText } from './own-text.ts'
import { translator } from './translator.ts'

export type { OwnText } from './own-text.ts'

export const RECIPES: Readonly<Record<string, Recipe>> = { encoder, decoder, translator }

/** The recipe of this name, or the default export of this file: a `Recipe`, or an `OwnText`. */
export async function findRecipe(name: string): Promise<Recipe> {
  if (Object.hasOwn(RECIPES, name)) return RECIPES[name]!
  const path = resolve(name)
  if (!existsSync(path))
    throw new Error(
      `train: there is no recipe ${JSON.stringify(name)}; there are ${Object.keys(RECIPES).join(', ')}, or name a file that exports one`,
    )
  const { default: found } = (await import(pathToFileURL(path).href)) as { default?: Recipe | OwnText }
  if (!found || typeof found !== 'object') throw new Error(`${path}: exports no recipe; it should have a default export`)
  if ('texts' in found && Array.isArray(found.texts)) return ownText(found as OwnText)
  if (typeof (found as Recipe).exercise !== 'function')
    throw new Error(`${path}: its default export is neither a recipe nor { name, texts }; see docs/training.md`)
  return found as Recipe
}
