/** Operations by which a stranger tries names and passwords: counted more strictly, and by account. */
export const SIGN_INS: ReadonlySet<string> = new Set(['POST /auth/login', 'POST /auth/register', 'POST /auth/forgot-password']);
