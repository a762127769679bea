/** Pictures for papers: three charts, written as SVG and as PNG, in Node and in browsers alike. */

export { type BarCell, type BarColumn, type BarRow, type BarTable, barTable } from './bar-table.ts'
export { contrast, hex, hexOf, inkOn, mix, type Rgb, weightColour } from './colour.ts'
export type { Captioned } from './frame.ts'
export { type HeatMap, heatMap } from './heat-map.ts'
export { unwritable } from './letters.ts'
export { type Axis, type LinePlot, linePlot, type Series } from './line-plot.ts'
export type { Picture } from './picture.ts'
export { toPng } from './png.ts'
export { figure, type Law, LOOKED, MATTERED, type Ramp, type Scale, ticksOf } from './scale.ts'
export { escaped, toSvg } from './svg.ts'
