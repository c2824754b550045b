import { defineConfig } from 'vitest/config'

const shared = { globals: false, retry: 0, testTimeout: 30_000, hookTimeout: 60_000 }

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
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file drives real servers on the same few cores.
          fileParallelism: false,
        },
      },
    ],
  },
})
