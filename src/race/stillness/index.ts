/** Whether a service has nothing to do until somebody writes to it. */
export { createProcessWatch, type ProcessWatch } from './process-watch.ts'
export { quietTime } from './quiet-time.ts'
