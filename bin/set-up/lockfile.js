/** Compares the lockfile with the one that npm keeps of what it has installed. Pure. */

/**
 * Optional packages may be left out (those of other platforms are), but not be of another version.
 * @returns {string | null} the first difference, in words
 */
export function lockfileDifference(wanted, installed) {
  for (const [path, { version, optional, devOptional, link }] of Object.entries(wanted)) {
    if (path === '' || link) continue
    const found = installed[path]?.version
    if (found === undefined && (optional || devOptional)) continue
    if (found !== version) return `${path} is ${found ?? 'missing'}, the lockfile wants ${version}`
  }
  return null
}
