/** A request as an application behind a sidecar got it. */
export interface Arrived {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Answers with what came, under the status that the caller wishes for: the callee of every case, behind the real sidecar and the fake. */
export function echo(arrived: Arrived): { status: number; headers: Record<string, string>; body: string } {
  const wished = Number(arrived.headers['x-wished-status'] ?? 200);
  const { body, ...rest } = arrived;
  return {
    status: wished,
    headers: { 'content-type': 'application/json', etag: '"v7"', 'x-of-the-callee': 'yes' },
    body: JSON.stringify({ ...rest, length: body.length, body: body.slice(0, 1_000) }),
  };
}
