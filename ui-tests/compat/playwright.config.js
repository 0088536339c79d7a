/**
 * The browser tests in the environments that users' images have (scripts/lib/images.mjs).
 */
const path = require('node:path');
const config = require('../playwright.config.js');

module.exports = {
  ...config,
  testDir: __dirname,
  outputDir: path.resolve(__dirname, '../../.build/compat-tests')
};
