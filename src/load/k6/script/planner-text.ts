/**
 * The part of a k6 script that plans: who buys what, in order of arrival, the same rows as src/scenario/plan-step.ts
 * makes of the same seed. Plain JavaScript, as text: k6 has no other way to be handed it. A test holds the two together,
 * over many scenarios, row by row. Moments are no part of it: k6 keeps its own.
 */

/** Needs `SEED`, `BUYERS` and `SKUS` in sight. */
export const PLANNER_TEXT = `/** A stream of random numbers in [0, 1): sfc32, the same on every machine for the same seed. */
function randomStream(stream) {
  let mix = (SEED ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0
  const splitmix = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ (z >>> 15)) | 0
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return next
}

/** Draws the user of each buy: one of the population, or one of the few bots, whose numbers follow the population's. */
function userDrawer(index) {
  const ofPopulation = randomStream(index * 4 + 2)
  const { population, bots } = BUYERS
  if (bots === null) return () => Math.floor(ofPopulation() * population)
  const ofBots = randomStream((1 << 20) + index)
  return () => {
    const user = Math.floor(ofPopulation() * population)
    const bot = Math.floor(ofBots() * bots.users)
    return ofBots() < bots.share ? population + bot : user
  }
}

/** Draws how many units a buy is for, by weight. */
function quantityDrawer(index) {
  const { quantities } = BUYERS
  if (quantities.length === 1) return () => quantities[0].quantity
  const draw = randomStream(index * 4 + 3)
  const total = quantities.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  const upTo = quantities.map(({ weight }) => (sum += weight) / total)
  return () => {
    const drawn = draw()
    const at = upTo.findIndex((bound) => drawn < bound)
    return quantities[at === -1 ? quantities.length - 1 : at].quantity
  }
}

/** Draws the SKU of each request, by Zipf's law: the first is asked for most. */
function skuDrawer(index) {
  if (SKUS === null) return () => 0
  const draw = randomStream((1 << 22) + index)
  let sum = 0
  const upTo = Array.from({ length: SKUS.count }, (_, rank) => (sum += (rank + 1) ** -SKUS.skew))
  return () => {
    const drawn = draw() * sum
    let low = 0
    let high = SKUS.count - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (drawn < upTo[middle]) high = middle
      else low = middle + 1
    }
    return low
  }
}

/**
 * The requests of step \`index\`, in order: iteration k of the step takes entry k of each column. A double click is two
 * requests with one buy, and so with one request id; a read has the buy -1.
 */
function planRows(index, rows) {
  const { doubleClickShare, readShare } = BUYERS
  const readChance = (readShare * (1 + doubleClickShare)) / (1 + readShare * doubleClickShare)
  const kinds = randomStream(index * 4 + 1)
  const drawUser = userDrawer(index)
  const drawQuantity = quantityDrawer(index)
  const drawSku = skuDrawer(index)
  const columns = { user: [], buy: [], quantity: [], sku: [] }
  const add = (user, buy, quantity, sku) => {
    columns.user.push(user)
    columns.buy.push(buy)
    columns.quantity.push(quantity)
    columns.sku.push(sku)
  }
  for (let buy = 0; columns.buy.length < rows; ) {
    const isRead = kinds() < readChance
    const isDouble = kinds() < doubleClickShare && !isRead && columns.buy.length + 1 < rows
    if (isRead) {
      add(0, -1, 0, drawSku())
      continue
    }
    const user = drawUser()
    const quantity = drawQuantity()
    const sku = drawSku()
    add(user, buy, quantity, sku)
    if (isDouble) add(user, buy, quantity, sku)
    buy++
  }
  return columns
}`
