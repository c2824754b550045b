/**
 * Queries of panels that have no data in the runs of test/dashboards.integration.test.ts, and why that is right. One that
 * has data after all fails the test, as does one that isn't there any more.
 */

/** `dashboard file / panel / legend` -> why. */
export const WITHOUT_DATA: Readonly<Record<string, string>> = {}
