// jsdom lacks what every browser has in a secure context.
const { webcrypto } = require('node:crypto');
const { TextEncoder } = require('node:util');

globalThis.TextEncoder ??= TextEncoder;
Object.defineProperty(globalThis.crypto, 'subtle', {
  configurable: true,
  value: webcrypto.subtle
});

// @jupyterlab/apputils warns where it is absent.
Object.defineProperty(globalThis.navigator, 'clipboard', {
  configurable: true,
  value: {}
});
