import type { ServiceName } from '@souk/contracts';

/** An operation that clients may use. */
export interface Operation {
  service: ServiceName;
  /** Upper case. */
  method: string;
  /** As OpenAPI writes it: `/orders/{id}`. */
  path: string;
  /** Whether a token is needed, read when there is one, or not looked at. */
  security: 'required' | 'optional' | 'none';
}

/** Where a method and path lead: to an operation, to a path that has other methods, or nowhere. */
export type Lookup = { kind: 'route'; operation: Operation } | { kind: 'method'; allow: string } | { kind: 'nowhere' };

interface Node {
  literals: Map<string, Node>;
  parameter: Node | undefined;
  methods: Map<string, Operation>;
}

export type RouteTree = Node;

const emptyNode = (): Node => ({ literals: new Map(), parameter: undefined, methods: new Map() });

/** Operations by the segments of their paths. */
export function plantRoutes(operations: readonly Operation[]): RouteTree {
  const root = emptyNode();
  for (const operation of operations) {
    let node = root;
    for (const segment of segmentsOf(operation.path))
      node = segment.startsWith('{') ? parameterOf(node) : literalOf(node, segment);
    node.methods.set(operation.method, operation);
  }
  return root;
}

/**
 * Segments that a sidecar or a service could read as other segments than these, once more decoded; and control characters, which a
 * sidecar takes for a service that does not answer: it would ask again for seconds, and the service would be left alone.
 */
const UNPASSABLE = /%(?:[01][\da-f]|7f|23|25|2f|3f|5c)|[#\\]|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/** Whether a path can be carried to a service as it is: what its escapes stand for is UTF-8, which messages between sidecars are in. */
function isPassable(path: string): boolean {
  if (!path.startsWith('/') || UNPASSABLE.test(path)) return false;
  try {
    return !path.includes('%') || decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}

/** Finds the operation of a path without its query. A name goes before a parameter, so `/products/suggest` is no id. */
export function lookUp(root: RouteTree, method: string, path: string): Lookup {
  if (!isPassable(path)) return { kind: 'nowhere' };
  const found = nodesAt(root, segmentsOf(path), 0);
  // Whoever answers GET answers HEAD.
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const node of found) {
    const operation = node.methods.get(wanted);
    if (operation) return { kind: 'route', operation };
  }
  const allowed = found.flatMap((node) => [...node.methods.keys()]);
  return allowed.length > 0 ? { kind: 'method', allow: allowed.join(', ') } : { kind: 'nowhere' };
}

/** All nodes with operations that the segments lead to, the most literal first. */
function nodesAt(node: Node, segments: readonly string[], depth: number): Node[] {
  const segment = segments[depth];
  if (segment === undefined) return node.methods.size > 0 ? [node] : [];
  const literal = node.literals.get(segment);
  const byName = literal ? nodesAt(literal, segments, depth + 1) : [];
  return node.parameter && segment !== '' ? [...byName, ...nodesAt(node.parameter, segments, depth + 1)] : byName;
}

/** The first segment of a path: what its service goes by. */
export function prefixOf(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path.slice(1) : path.slice(1, end);
}

/** Whether a path reads the catalogue, which strangers are answered from memory. */
export const isCatalogue = (path: string): boolean => prefixOf(path) === 'products' || prefixOf(path) === 'categories';

const segmentsOf = (path: string): string[] => path.slice(1).split('/');

function parameterOf(node: Node): Node {
  node.parameter ??= emptyNode();
  return node.parameter;
}

function literalOf(node: Node, segment: string): Node {
  const child = node.literals.get(segment) ?? emptyNode();
  node.literals.set(segment, child);
  return child;
}
