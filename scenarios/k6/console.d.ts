// k6 has one; its types leave it to those of the browser, which hold much that k6 has not.
declare const console: Record<'log' | 'info' | 'warn' | 'error' | 'debug', (...values: unknown[]) => void>
