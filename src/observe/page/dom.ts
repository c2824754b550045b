/**
 * What the page uses of a browser, typed here: the library of types for browsers would let every file of the harness
 * believe that it has a document. Text goes into the page as text only, so that no name that comes with the data can be
 * markup.
 */

export interface PageElement {
  textContent: string | null
  hidden: boolean
  className: string
  setAttribute(name: string, value: string): void
  append(...children: readonly (PageElement | string)[]): void
  replaceChildren(...children: readonly (PageElement | string)[]): void
}

interface PageDocument {
  title: string
  createElement(name: string): PageElement
  createElementNS(namespace: string, name: string): PageElement
  getElementById(id: string): PageElement | null
}

interface PageEvent {
  readonly data: string
}

export interface PageEventSource {
  readonly readyState: number
  addEventListener(name: string, listener: (event: PageEvent) => void): void
  close(): void
}

declare const document: PageDocument
declare const EventSource: new (url: string) => PageEventSource

type Attributes = Readonly<Record<string, string>>
type Children = readonly (PageElement | string)[]

export function element(name: string, attributes: Attributes = {}, children: Children = []): PageElement {
  return filled(document.createElement(name), attributes, children)
}

export function drawing(name: string, attributes: Attributes = {}, children: Children = []): PageElement {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children)
}

/** One that the document has. */
export function existing(id: string): PageElement {
  return document.getElementById(id)!
}

export function setTitle(title: string): void {
  document.title = title
}

export function openEvents(url: string): PageEventSource {
  return new EventSource(url)
}

function filled(made: PageElement, attributes: Attributes, children: Children): PageElement {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}
