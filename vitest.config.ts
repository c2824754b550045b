import { defineConfig } from 'vitest/config'

/** Bounds of what never ends: a test that is slow on a busy machine is none that fails. */
const shared = {
  globals: false,
  retry: 0,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 20_000 } },
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/closing-line-reporter.js'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{src,targets,test,scripts}/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: ['{src,targets,test}/**/*.integration.test.ts'],
          testTimeout: 300_000,
          // Each file drives real servers on the same few cores.
          fileParallelism: false,
        },
      },
    ],
  },
})
