import { join } from 'node:path';
import type { RenderedFolders } from '../system/render.ts';
import { foldersIn } from '../system/render.ts';
import type { Secrets } from '../system/secrets.ts';
import { stateFolder } from '../system/state.ts';

/** What the stand-ins listen on, each in its container. */
export const STAND_IN_PORTS = { sandbox: 8100, smtp: 1025, web: 1080 };

/** Where things lie in the volume that the containers share. */
export const secretsFile = () => join(stateFolder(), 'secrets.json');
export const definitionsFile = () => join(stateFolder(), 'definitions.json');
export const daprFolder = () => join(stateFolder(), 'dapr');

/** What sidecars read, as it was rendered into the volume by another container. */
export function renderedFolders(): RenderedFolders {
  return foldersIn(daprFolder());
}

/** Throws when `name` was not drawn. */
export function need(secrets: Secrets, name: string): string {
  const value = secrets[name];
  if (value === undefined) throw new Error(`The secret ${name} is missing in ${secretsFile()}`);
  return value;
}
