import { parse } from 'yaml';
import { deviceSchema, type DeviceConfig } from '../../device/registry.js';

/** A YAML block, and the picture that stands under it. */
const pictured = /^```yaml\n([^`]*)^```\n\n!\[[^\]]*\]\(pictures\/models\/([\w-]+)\.svg\)/gm;

/**
 * The devices of a document that have a picture of the folder `pictures/models` under them, by the picture's name. They
 * hold all that they are made of: measured tables stand in them.
 */
export function documentedDevices(markdown: string): ReadonlyMap<string, DeviceConfig> {
  const found = [...markdown.matchAll(pictured)];
  return new Map(found.map(([, yaml, name]) => [name!, deviceSchema.parse(parse(yaml!))]));
}
