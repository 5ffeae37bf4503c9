import { z } from 'zod';
import { roles } from '../roles.ts';
import { defineService } from './define.ts';

export const usernameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,31}$/, 'lower-case letters, digits, dot, dash and underscore; 32 at most')
  .describe('Sign-in name');

/** What travels instead of a password (wire.md 1); the node stores a slow salted hash of it. */
export const passwordSha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'the lower-case hex SHA-256 of the password')
  .describe('Lower-case hex SHA-256 of the password');

export const userSchema = z.object({
  username: z.string(),
  role: z.enum(roles),
  createdAt: z.number(),
  lastSignInAt: z.number().nullable(),
  sessions: z.number().int(),
});
export type User = z.infer<typeof userSchema>;

export const usersContract = defineService({
  'users.me': {
    params: z.strictObject({}),
    result: z.object({ user: z.string(), roles: z.array(z.enum(roles)), via: z.string(), node: z.string() }),
    role: 'viewer',
    effect: 'read',
    help: 'Who the node takes the caller for, and with which roles.',
    quiet: true,
  },
  'users.list': {
    params: z.strictObject({}),
    result: z.object({ users: z.array(userSchema) }),
    role: 'admin',
    effect: 'read',
    help: 'People who may sign in from a browser, with role and last sign-in.',
  },
  'users.add': {
    params: z.strictObject({ username: usernameSchema, passwordSha256: passwordSha256Schema, role: z.enum(roles) }),
    result: userSchema,
    role: 'admin',
    effect: 'write',
    help: 'Adds a person who may sign in.',
    secretParams: ['passwordSha256'],
  },
  'users.setRole': {
    params: z.strictObject({ username: usernameSchema, role: z.enum(roles) }),
    result: userSchema,
    role: 'admin',
    effect: 'write',
    help: "Changes a person's role. Their open sessions follow at once.",
  },
  'users.setPassword': {
    params: z.strictObject({ username: usernameSchema, passwordSha256: passwordSha256Schema }),
    result: userSchema,
    role: 'admin',
    effect: 'write',
    help: "Sets a person's password and signs them out everywhere.",
    secretParams: ['passwordSha256'],
  },
  'users.remove': {
    params: z.strictObject({ username: usernameSchema }),
    result: z.object({ removed: z.literal(true) }),
    role: 'admin',
    effect: 'destructive',
    help: 'Removes a person and signs them out everywhere.',
  },
  'users.setupLink': {
    params: z.strictObject({}),
    result: z.object({ url: z.string().nullable(), path: z.string(), expiresAt: z.number() }),
    role: 'admin',
    effect: 'write',
    help: 'Makes a one-time link with which an administrator is created in a browser.',
    secretResult: true,
  },
});
