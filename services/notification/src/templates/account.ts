import { defineTemplate } from './template.ts';

export const accountMade = defineTemplate({
  type: 'user.registered',
  priority: 'critical',
  secret: 'verify',
  subject: 'One step to your Souk account',
  content: 'Welcome to Souk. Follow the link in this mail to finish your account.',
});

export const welcome = defineTemplate({
  type: 'user.welcome',
  priority: 'high',
  subject: 'Welcome to Souk',
  content: 'Your account is ready.',
  action: { label: 'Look around', path: '' },
});

export const passwordReset = defineTemplate({
  type: 'user.password_reset_requested',
  priority: 'critical',
  secret: 'reset',
  subject: 'Set a new password',
  content:
    'Somebody asked to set a new password for your account. If that was you, follow the link in this mail. ' +
    'If it was not, you need not do anything: your password stays as it is.',
});

export const accountKnown = defineTemplate({
  type: 'user.registration_repeated',
  priority: 'critical',
  secret: 'known',
  subject: 'You already have a Souk account',
  content:
    'Somebody registered with your address, which has an account already. If that was you and you do not remember your password, ' +
    'follow the link in this mail. If it was not, you need not do anything.',
});

export const accountLocked = defineTemplate<{ failures: number; until: string }>({
  type: 'user.locked',
  priority: 'critical',
  subject: 'Signing in was locked for a while',
  content:
    'After {{failures}} wrong passwords from one network, nobody can sign in to your account from there until {{until}}. ' +
    'If that was not you, your password held; choose a new one if others may know it.',
});

export const passwordChanged = defineTemplate({
  type: 'user.password_changed',
  priority: 'critical',
  subject: 'Your password was changed',
  content: 'Your account has a new password. If you did not change it, ask for a link to set another one now.',
});
