/** The node's settings: typed, checked, in one file that people may edit. */
export { Config, type ConfigOptions, type Validation } from './config.ts';
export { clientFolder, defaultDataFolder } from './data-folder.ts';
export {
  isSettingKey,
  nodeNameFrom,
  nodeNamePattern,
  type SettingIssue,
  type SettingKey,
  type SettingValue,
  settingKeys,
  settings,
} from './settings.ts';
