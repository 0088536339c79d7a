import * as fs from 'node:fs';
import * as path from 'node:path';

import { DEFAULTS, readPreferences } from '../preferences';

const SCHEMA = path.resolve(__dirname, '../../../schema/plugin.json');

interface ISchema {
  properties: { [name: string]: { default: unknown; description?: string } };
}

describe('the preferences', () => {
  it('are by default what the schema says', () => {
    const { properties } = JSON.parse(
      fs.readFileSync(SCHEMA, 'utf8')
    ) as ISchema;
    const defaults = Object.fromEntries(
      Object.entries(properties).map(([name, { default: value }]) => [
        name,
        value as string
      ])
    );
    expect(readPreferences(defaults)).toEqual(DEFAULTS);
    for (const { description } of Object.values(properties)) {
      expect(description).toBeTruthy();
    }
  });

  it('come in hours and minutes, and are kept in seconds', () => {
    const { sessionEndLead, tokenEndLead } = readPreferences({
      sessionEndLead: 48,
      tokenEndLead: 5
    });
    expect([sessionEndLead, tokenEndLead]).toEqual([48 * 3600, 300]);
  });

  it('fall back, each by itself, where an override is no good', () => {
    const odd = readPreferences({
      handsFree: 'no',
      notices: false,
      sessionEndLead: -1,
      tokenEndLead: null
    });
    expect(odd).toEqual({ ...DEFAULTS, notices: false });
  });
});
