export type DecodedKey = { readonly key: string } | { readonly problem: string };

const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2}).{0,2}/su;

/**
 * The object key that a manifest's key column stands for. Manifests spell keys form-encoded: `+` is a space, `%2B` a plus,
 * everything else percent-encoded UTF-8 (user guide, "Specifying a manifest"; inventory reports write spaces as `+`).
 */
export function decodeManifestKey(text: string): DecodedKey {
  if (!text.includes('%')) return { key: text.includes('+') ? text.replaceAll('+', ' ') : text };
  try {
    return { key: decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text) };
  } catch {
    const escape = MALFORMED_ESCAPE.exec(text)?.[0];
    return {
      problem: escape === undefined ? 'its percent-encoding is not UTF-8' : `the escape ${escape} is malformed`,
    };
  }
}
