/** What may be exported for one service alone. */
const OF_SERVICE: Record<string, readonly string[]> = { auth: ['OIDC_PROVIDERS'], gateway: ['REDIS_URL'] };

/** What of our own environment is for `service`; what is empty is not given. */
export function givenTo(service: string): Record<string, string> {
  const names = OF_SERVICE[service] ?? [];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
