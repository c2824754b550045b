/** As src/core/request-uuid.ts makes them. */
export const REQUEST_UUID_TEXT = `/** A UUID of version 8 that holds the number of the buy. */
function requestUuid(prefix, buy) {
  const hash = [0, 1, 2].map((seed) => hexOf(hashOf(prefix, seed))).join('')
  const variant = '89ab'[parseInt(hash[15], 16) & 3]
  return \`\${hash.slice(0, 8)}-\${hash.slice(8, 12)}-8\${hash.slice(12, 15)}-\${variant}\${hash.slice(16, 19)}-\${hash.slice(19, 23)}\${hexOf(buy)}\`
}

function hexOf(value) {
  return value.toString(16).padStart(8, '0')
}

function hashOf(text, seed) {
  let hash = 0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b9)
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}`
