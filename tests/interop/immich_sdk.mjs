// One conversation through Immich's own SDK: node immich_sdk.mjs URL KEY IMPORT_PATH VERSION FILES
import assert from 'node:assert/strict';
import * as sdk from '@immich/sdk';

const [url, key, importPath, version, files] = process.argv.slice(2);
sdk.init({ baseUrl: url + '/api', apiKey: key });

const about = await sdk.getServerVersion();
assert.equal(`${about.major}.${about.minor}.${about.patch}`, version);
assert.equal((await sdk.pingServer()).res, 'pong');
const me = await sdk.getMyUser();
assert.ok(me.id && me.email);

const library = await sdk.createLibrary({ createLibraryDto: { name: 'Interop', ownerId: me.id, importPaths: [importPath], exclusionPatterns: [] } });
const valid = await sdk.validate({ id: library.id, validateLibraryDto: { importPaths: [importPath], exclusionPatterns: [] } });
assert.equal(valid.importPaths[0].isValid, true);
await sdk.scanLibrary({ id: library.id });

const expected = Number(files);
let seen = -1;
for (let i = 0; i < 300 && seen !== expected; ++i) {
  const found = await sdk.searchAssets({ metadataSearchDto: { libraryId: library.id, visibility: 'timeline', withExif: true, size: 100 } });
  const hidden = await sdk.searchAssets({ metadataSearchDto: { libraryId: library.id, visibility: 'hidden', size: 100 } });
  seen = found.assets.items.length + hidden.assets.items.length;
  if (seen !== expected) await new Promise((resolve) => setTimeout(resolve, 100));
}
assert.equal(seen, expected, `${seen} of ${expected} files found in the library`);

const libraries = await sdk.getAllLibraries();
assert.ok(libraries.some((one) => one.id === library.id));
const album = await sdk.createAlbum({ createAlbumDto: { albumName: 'Interop' } });
const page = await sdk.searchAssets({ metadataSearchDto: { libraryId: library.id, size: 100 } });
const ids = page.assets.items.map((asset) => asset.id);
const added = await sdk.addAssetsToAlbum({ id: album.id, bulkIdsDto: { ids } });
assert.ok(added.every((one) => one.success));
await sdk.updateAsset({ id: ids[0], updateAssetDto: { isFavorite: true } });
assert.equal((await sdk.getAssetInfo({ id: ids[0] })).isFavorite, true);
console.log(`server, user, library, scan, ${seen} files, search, album and favourite as the SDK expects them`);
