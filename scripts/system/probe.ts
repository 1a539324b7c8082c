import { connect } from 'node:net';

const PROBE_TIMEOUT_MS = 2_000;

/** Whether a GET of `url` is answered 2xx. */
export async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await answer.arrayBuffer();
  return answer.ok;
}

/** Whether somebody accepts connections on the loopback's port. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(PROBE_TIMEOUT_MS);
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
