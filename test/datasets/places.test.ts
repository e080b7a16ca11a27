import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder, isOffline, listSetting, mirrorUrl, projectRoot, setting } from '../../datasets/places.js';

describe('places', () => {
  test('the cache follows XDG_CACHE_HOME, and passes over a relative one', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/x/mho');
    expect(cacheFolder({ MHO_CACHE_DIR: '/own', XDG_CACHE_HOME: '/x', HOME: '/h' })).toBe('/own');
    expect(cacheFolder({ XDG_CACHE_HOME: 'x', HOME: '/h' })).toBe('/h/.cache/mho');
    expect(cacheFolder({ XDG_CACHE_HOME: '', HOME: '/h' })).toBe('/h/.cache/mho');
  });

  test('the project root is the folder of package.json', () => {
    expect(existsSync(path.join(projectRoot(), 'datasets/places.ts'))).toBe(true);
  });

  test('an empty variable counts as unset', () => {
    expect(setting({ A: ' ' }, 'A')).toBeUndefined();
    expect(setting({ A: ' b ' }, 'A')).toBe('b');
    expect(listSetting({ A: ' b ,, c,' }, 'A')).toEqual(['b', 'c']);
    expect(listSetting({}, 'A')).toEqual([]);
  });

  test.each([
    [undefined, {}, false],
    [true, {}, true],
    [undefined, { MHO_OFFLINE: '1' }, true],
    [false, { MHO_OFFLINE: '1' }, true],
    [undefined, { MHO_OFFLINE: '0' }, false],
    [true, { MHO_OFFLINE: 'false' }, true],
    [undefined, { MHO_OFFLINE: '' }, false],
  ])('option %s and %o: offline is %s', (option, env, expected) => {
    expect(isOffline(option, env)).toBe(expected);
  });

  test('a base URL ends in one slash', () => {
    expect(mirrorUrl('https://a/b', '')).toBe('https://a/b/');
    expect(mirrorUrl('https://a/b//', '')).toBe('https://a/b/');
  });
});
