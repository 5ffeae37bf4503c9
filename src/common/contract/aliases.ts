/** Names of the first system (wire.md 1.1) and the method that answers each. */
export const aliases = {
  get_system_info: 'system.info',
  getSystemInfo: 'system.info',
  list_logs: 'logs.list',
  get_configuration: 'config.get',
  restart_self: 'node.restart',
} as const;
