import { isCatalogue } from '../routing.rules.ts';

/** The age, counted from when it was asked for, at which an answer is given to nobody any more. */
export const MOST_AGE_MS = 1_000;
/** Of a query. Longer ones are handed on: the parser of queries reads a thousand parameters, and what follows is not read in any sequence. */
const MOST_QUERY = 1_024;
const MOST_LANGUAGE = 100;

/** A read of the catalogue that strangers may share. */
export interface CatalogueRead {
  /** Two reads with the same key are the same question. */
  readonly key: string;
  /** What is asked for, with the parameters in the sequence of the key. */
  readonly url: string;
  /** `accept-language` as it is asked with; part of the key. */
  readonly language: string | undefined;
  /** The product or category that the path names. */
  readonly aboutId: string | undefined;
  /** The one company whose things are asked for. */
  readonly companyId: string | undefined;
}

export interface AskedFor {
  method: string;
  /** Of the service, with the query. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * What of a request may be answered from memory: nothing of one that says who asks, or that has a body. The key holds everything that
 * is asked with, and nothing else of the request is handed on, so no header of one client can shape the answer to another.
 */
export function readOf({ method, url, headers }: AskedFor): CatalogueRead | undefined {
  const [path = '', ...rest] = url.split('?');
  const query = rest.join('?');
  if ((method !== 'GET' && method !== 'HEAD') || !isCatalogue(path) || query.length > MOST_QUERY) return undefined;
  const {
    authorization,
    cookie,
    'content-length': length = '0',
    'transfer-encoding': encoding,
    'accept-language': asked,
  } = headers;
  if (authorization !== undefined || cookie !== undefined || length !== '0' || encoding !== undefined) return undefined;
  const language = asked === undefined ? undefined : String(asked).toLowerCase().replace(/\s+/g, '');
  if (language !== undefined && language.length > MOST_LANGUAGE) return undefined;
  const parameters = sortParameters(query);
  if (!parameters) return undefined;
  const sorted = query === '' ? path : `${path}?${parameters.map(({ raw }) => raw).join('&')}`;
  const companies = parameters.filter(({ name }) => name === 'companyId');
  return {
    key: `${sorted} ${language ?? ''}`,
    url: sorted,
    language,
    aboutId: idIn(path),
    companyId: companies.length === 1 ? companies[0]?.value.toLowerCase() : undefined,
  };
}

interface Parameter {
  raw: string;
  name: string;
  value: string;
}

/**
 * By name as the service reads it; those of one name stay in their sequence, which may mean something to it. Undefined when a part
 * cannot be decoded, as what the service makes of that is its own affair.
 */
function sortParameters(query: string): Parameter[] | undefined {
  try {
    const parameters = query.split('&').map((raw) => {
      const [name = '', ...value] = raw.replaceAll('+', ' ').split('=');
      return { raw, name: decodeURIComponent(name), value: decodeURIComponent(value.join('=')) };
    });
    return parameters.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  } catch {
    return undefined;
  }
}

const idIn = (path: string): string | undefined =>
  /^\/\w+\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:\/|$)/i.exec(path)?.[1]?.toLowerCase();

/** What an event says has changed. */
export interface CatalogueChange {
  companyId: string;
  /** The product, or nothing when all products may look different: those below a category that moved. */
  productId?: string;
}

/** Whether an answer may have become another by a change: it is about that product, or a list that may hold it. */
export function isTouched({ aboutId, companyId, url }: CatalogueRead, change: CatalogueChange): boolean {
  if (companyId !== undefined && companyId !== change.companyId) return false;
  if (change.productId === undefined) return true;
  if (url.startsWith('/categories')) return false;
  return aboutId === undefined || aboutId === change.productId;
}

/** Whether an answer may be given to others than who asked: a whole one, of JSON, which nothing in it says is for one client. */
export function isKeepable({ status, headers }: Pick<Answered, 'status' | 'headers'>): boolean {
  const { 'content-type': type, 'cache-control': cache, 'set-cookie': cookie, 'content-encoding': encoding, vary } = headers;
  return (
    status === 200 &&
    /^application\/json\s*(?:;|$)/i.test(String(type ?? '')) &&
    cookie === undefined &&
    encoding === undefined &&
    !/no-store|private/i.test(String(cache ?? '')) &&
    String(vary ?? '')
      .split(',')
      .every((name) => /^\s*(?:accept-language|accept-encoding|origin)?\s*$/i.test(name))
  );
}

/** An answer as the service gave it. */
export interface Answered {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** Whether a client has the answer with this ETag already (RFC 9110, 13.1.2: compared weakly). */
export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const given = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.includes('*') || given.includes(etag);
}
