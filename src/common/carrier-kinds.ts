/**
 * How a node is reached, best first: over a direct link, over the MQTT broker, through another member. Apart from the contract,
 * whose schemas a page that draws the ways need not load.
 */
export const carrierKinds = ['link', 'mqtt', 'relay'] as const;
export type CarrierKind = (typeof carrierKinds)[number];
