/** The one file that holds all of ECharts: loading its many modules one by one takes six times as long. */
declare module 'echarts/dist/echarts.esm.min' {
  interface Drawing {
    setOption(option: object): void
    renderToSVGString(): string
    dispose(): void
  }

  export function init(
    element: null,
    theme: null,
    options: { readonly renderer: 'svg'; readonly ssr: true; readonly width: number; readonly height: number },
  ): Drawing
}
