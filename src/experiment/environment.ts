import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { webgpuPackageVersions } from '../ops/webgpu-package.js';
import { projectRoot } from '../../datasets/places.js';

/** What a run ran on, for its record. */
export interface Environment {
  readonly versions: {
    readonly mho: string;
    readonly node: string;
    readonly tfjs: string;
    /** Of the optional packages, by name; null where one is not installed. */
    readonly optional: Readonly<Record<string, string | null>>;
  };
  /** Commit of the project's working tree, with `+changes` where files differ from it; null outside a git checkout. */
  readonly commit: string | null;
  readonly platform: { readonly os: string; readonly arch: string; readonly cpu: string; readonly cores: number };
}

export function describeEnvironment(): Environment {
  const cpus = os.cpus();
  return {
    versions: {
      mho: mhoVersion(),
      node: process.versions.node,
      tfjs: tfjsVersion(),
      optional: webgpuPackageVersions(),
    },
    commit: commitOf(projectRoot()),
    platform: {
      os: `${os.type()} ${os.release()}`,
      arch: process.arch,
      cpu: cpus.at(0)?.model ?? 'unknown',
      cores: cpus.length,
    },
  };
}

/** The project's version, from its package.json. */
export function mhoVersion(): string {
  return versionIn(path.join(projectRoot(), 'package.json'));
}

function tfjsVersion(): string {
  return versionIn(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json'));
}

function versionIn(file: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

function commitOf(root: string): string | null {
  if (!existsSync(path.join(root, '.git'))) return null;
  const commit = git(root, 'rev-parse', 'HEAD');
  const changes = git(root, 'status', '--porcelain', '--untracked-files=no');
  return commit === undefined ? null : `${commit}${changes === '' ? '' : '+changes'}`;
}

/** What git says, or undefined where it is not installed or there is no commit yet. */
function git(folder: string, ...args: string[]): string | undefined {
  try {
    const options = { cwd: folder, encoding: 'utf8', timeout: 5000 } as const;
    return execFileSync('git', args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
