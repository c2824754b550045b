/** Descriptors of services of the user's own: from YAML to a resolved value. Pure. */
export { descriptorJsonSchema } from './json-schema.ts'
export { loadDescriptor } from './load-descriptor.ts'
