/** How it goes on after an error between peers. */
export { classOf, type ErrorClass, errorClasses, networkErrorOf } from './error-classes.ts';
export { Recoveries, type RecoveriesOptions } from './recoveries.ts';
export { recoveryLimits } from './strategies.ts';
