import { fireEvent } from '@testing-library/react';

/** Paste a text into a field, as a person does. */
export function paste(field: HTMLElement, text: string): void {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => text } });
  fireEvent(field, event);
}
