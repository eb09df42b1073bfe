export { INVENTORY_MEMBERS, type InventoryMember } from './columns';
export { readInventoryFile, type InventoryFileOptions, type InventoryPage } from './read-file';
export { readInventoryManifest, type InventoryFile, type InventoryManifest } from './read-manifest';
