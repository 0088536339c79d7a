import { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

/**
 * A cell's outputs, as far as its requests for input go.
 */
export interface IInputs extends Widget {
  /** Emitted with the box that was made for a request. */
  readonly inputRequested: ISignal<unknown, Widget>;
  /** What the cell that runs leads to. */
  readonly future?: { readonly done: Promise<unknown> } | null;
}

/**
 * The box that a cell shows for a request for input.
 */
export type InputBox = Widget & EventListenerObject;

/**
 * The outputs that a widget stands in; `null` outside of a cell.
 */
export function inputsAround(widget: Widget): IInputs | null {
  let parent = widget.parent;
  while (parent && !('inputRequested' in parent)) {
    parent = parent.parent;
  }
  return parent as IInputs | null;
}

/**
 * The box of a cell's outputs that waits for a line now, if any.
 */
export function waitingBox(inputs: Widget): InputBox | null {
  const boxes = Array.from(inputs.children())
    // One that was answered stays for a moment, hidden.
    .filter(item => !item.hasClass('jp-OutputArea-stdin-hiding'))
    .flatMap(item => Array.from(item.children()))
    .filter((child): child is InputBox => child.hasClass('jp-Stdin'));
  return boxes.pop() ?? null;
}

/**
 * Answer a request for input, as someone who types: so the box goes away.
 *
 * @param box - The request's own box.
 * @param line - What to answer.
 */
export function answerBox(box: InputBox, line: string): void {
  const field = box.node.querySelector('input');
  if (!field) {
    return;
  }
  field.value = line;
  const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
  if (box.isAttached) {
    field.dispatchEvent(enter);
  } else {
    // Scrolled away, a notebook may have taken the cell off the page, and the
    // box hears of nothing there.
    box.handleEvent(enter);
  }
}
