/** The page as it is sent: one document that loads nothing, and the policy that holds it to that. */

export interface LivePage {
  readonly html: string
  /** Content-Security-Policy. */
  readonly policy: string
}

export function livePage(): LivePage {
  const html =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Doorbuster</title><h1>Doorbuster</h1></html>'
  return { html, policy: "default-src 'none'" }
}
