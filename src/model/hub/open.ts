/** A model on the hub: out of the cache on the disk, or, in a page, out of the browser's. */

import type { ModelFiles } from '../inside.ts'
import { inNode } from '../source.ts'
import type { HubName } from './name.ts'
import { pageRepository } from './page.ts'
import { openRepository, type TellDownload } from './repository.ts'
import { endpointOf, hubSettings } from './settings.ts'

/** `address`: of the hub, if not the usual one. */
export async function openOnHub(name: HubName, tell: TellDownload = () => {}, address?: string): Promise<ModelFiles> {
  const endpoint = address === undefined ? undefined : endpointOf(address, 'loadModel: hub')
  if (!inNode()) return pageRepository(name, tell, endpoint)
  return openRepository(name, tell, endpoint === undefined ? undefined : { ...(await hubSettings()), endpoint })
}
