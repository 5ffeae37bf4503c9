/** What a person chose in the first step. */
export type Goal = 'join' | 'create';
