/** What has to be known of a server in a container to judge its figures, beside what the server says of itself. Pure. */
import type { ServiceRecord } from '../../core/run-record.ts'

export function inContainer(record: ServiceRecord, image: string): ServiceRecord {
  // On a tmpfs a flush costs nothing and saves nothing.
  return { ...record, settings: { ...record.settings, image, data: 'tmpfs' } }
}
