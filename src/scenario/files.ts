/** Other files that a scenario names. Whoever loads one says how they are found; nothing here reads a disk. */

export type FoundFile =
  | {
      readonly found: true
      /** Names it without doubt, to find cycles and what it names in turn. */
      readonly id: string
      /** As messages name it. */
      readonly label: string
      readonly text: string
    }
  /** Why not: "cannot be read (no such file)". */
  | { readonly found: false; readonly sentence: string }

export interface ScenarioFiles {
  /** Of the scenario that is loaded. */
  readonly id: string
  /** A shipped scenario by its name, or any by its path; `from`: id of the file that names it. */
  scenario(nameOrPath: string, from: string): FoundFile
  /** A file of times. */
  times(path: string, from: string): FoundFile
}

export const NO_OTHER_FILES: ScenarioFiles = {
  id: '',
  scenario: () => ({
    found: false,
    sentence: 'cannot be read: this scenario was loaded without a place for other files',
  }),
  times: () => ({ found: false, sentence: 'cannot be read: this scenario was loaded without a place for other files' }),
}
