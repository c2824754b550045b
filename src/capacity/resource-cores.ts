/** What a resource has to give, and whose cores these are: what stands elsewhere shares this machine with nobody. */
export interface ResourceCores {
  /** That it can use at once. */
  readonly cores: number
  /** Why so many. */
  readonly because: string
  /** Not on the machine that generates the load. */
  readonly isElsewhere: boolean
}
