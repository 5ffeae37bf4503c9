/** How it goes on after an error between peers. */
export { classOf, type ErrorClass, errorClasses, type NetworkError, networkErrorOf, networkErrors } from './error-classes.ts';
export { Recoveries, type RecoveriesOptions } from './recoveries.ts';
export { recoveryLimits } from './strategies.ts';
