/** The pictures of `regard/picture`, and how commands save them. */

export * from '../../picture/index.ts'
export { savePicture, type Wanted } from './save.ts'
