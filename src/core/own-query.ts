/** In each query of the harness that may run while work is counted, so that it is not taken for work of the target. */
export const OWN_QUERY = '/* doorbuster */'
