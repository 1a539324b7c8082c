import { parseSync } from '@swc/core';
import { readText } from './source-tree.ts';

export interface DeclaredFunction {
  readonly name: string;
  /** Source lines from the first of its declaration to its closing brace. */
  readonly lines: number;
}

export interface ModuleReading {
  /** Specifiers as written, of imports, re-exports, dynamic imports and type imports. */
  readonly imports: readonly string[];
  /** Functions that have a name: declarations, methods and constants that hold an arrow function. */
  readonly functions: readonly DeclaredFunction[];
  /** True when nothing of it is left at run time. */
  readonly isTypesOnly: boolean;
}

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

const TYPE_STATEMENTS = ['TsInterfaceDeclaration', 'TsTypeAliasDeclaration', 'ImportDeclaration', 'EmptyStatement'];

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .flatMap((value) => (isNode(value) ? [value] : hasExpression(value) ? [value.expression] : []));
}

/** Arguments of calls and elements of arrays are wrapped in an object that has no type of its own. */
function hasExpression(value: unknown): value is { expression: SyntaxNode } {
  return typeof value === 'object' && value !== null && 'expression' in value && isNode(value.expression);
}

function allNodes(node: SyntaxNode): SyntaxNode[] {
  return [node, ...childrenOf(node).flatMap(allNodes)];
}

function nodeAt(node: SyntaxNode, key: string): SyntaxNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

function textAt(node: SyntaxNode | undefined): string | undefined {
  return typeof node?.value === 'string' ? node.value : undefined;
}

function importOf(node: SyntaxNode): string | undefined {
  if (['ImportDeclaration', 'ExportAllDeclaration', 'ExportNamedDeclaration'].includes(node.type))
    return textAt(nodeAt(node, 'source'));
  if (node.type === 'TsImportType') return textAt(nodeAt(node, 'argument'));
  if (node.type !== 'CallExpression' || nodeAt(node, 'callee')?.type !== 'Import') return undefined;
  return Array.isArray(node.arguments) ? textAt(node.arguments.map((argument) => argument.expression).find(isNode)) : undefined;
}

/** The name a node gives to a function, and the node whose lines are those of the function. */
function functionOf(node: SyntaxNode): { name: string; of: SyntaxNode } | undefined {
  const name = nodeAt(node, 'identifier') ?? nodeAt(node, 'key') ?? nodeAt(node, 'id');
  const text = typeof name?.value === 'string' ? name.value : 'unnamed';
  if (['FunctionDeclaration', 'ClassMethod', 'PrivateMethod', 'MethodProperty'].includes(node.type))
    return { name: text, of: node };
  if (node.type !== 'VariableDeclarator') return undefined;
  const held = nodeAt(node, 'init')?.type ?? '';
  return ['ArrowFunctionExpression', 'FunctionExpression'].includes(held) ? { name: text, of: node } : undefined;
}

/** Spans count bytes from 1 across all texts ever parsed, so they only mean something against the start of this text. */
function spanOf(node: SyntaxNode): { start: number; end: number } {
  const span = node.span;
  if (typeof span !== 'object' || span === null || !('start' in span) || !('end' in span)) return { start: 0, end: 0 };
  return { start: Number(span.start), end: Number(span.end) };
}

function isErased(statement: SyntaxNode): boolean {
  if (statement.type === 'ExportDeclaration') return isErased(nodeAt(statement, 'declaration') ?? statement);
  if (statement.type === 'ExportNamedDeclaration') return statement.typeOnly === true;
  return TYPE_STATEMENTS.includes(statement.type);
}

/** Reads one TypeScript or JavaScript file of the repository by its syntax, so that comments and strings do not mislead. */
export function readModule(path: string): ModuleReading {
  // The module's own span begins at its first statement; an empty one put in front makes that the start of the text.
  const text = Buffer.from(`;${readText(path)}`);
  const program: unknown = parseSync(text.toString('utf8'), { syntax: 'typescript', target: 'es2024' });
  if (!isNode(program)) throw new Error(`${path} cannot be read`);
  const origin = spanOf(program).start;
  const statements = Array.isArray(program.body) ? program.body.filter(isNode) : [];
  const nodes = statements.flatMap(allNodes);
  const countLines = ({ start, end }: { start: number; end: number }) =>
    text
      .subarray(start - origin, end - origin)
      .toString('utf8')
      .split('\n').length;
  return {
    imports: nodes.flatMap((node) => importOf(node) ?? []),
    functions: nodes.flatMap((node) => {
      const found = functionOf(node);
      return found ? [{ name: found.name, lines: countLines(spanOf(found.of)) }] : [];
    }),
    isTypesOnly: statements.every(isErased),
  };
}
