/**
 * PUT_KV_CONFIG (100): namespace* key* value*. GET_KV_CONFIG (101): namespace* key*, answers value.
 * DELETE_KV_CONFIG (102): namespace* key*. GET_KVLIST_BY_NAMESPACE (219): namespace*, answers a KVTable.
 */
import { type HeaderOf, headerCodec, optionalString, requiredString } from '../header-codec.ts';

export const putKvConfigRequestHeader = headerCodec('PutKVConfigRequestHeader', {
  namespace: requiredString,
  key: requiredString,
  value: requiredString,
});
export type PutKvConfigRequestHeader = HeaderOf<typeof putKvConfigRequestHeader>;

export const getKvConfigRequestHeader = headerCodec('GetKVConfigRequestHeader', {
  namespace: requiredString,
  key: requiredString,
});
export const getKvConfigResponseHeader = headerCodec('GetKVConfigResponseHeader', { value: optionalString });

export const deleteKvConfigRequestHeader = headerCodec('DeleteKVConfigRequestHeader', {
  namespace: requiredString,
  key: requiredString,
});

export const getKvListByNamespaceRequestHeader = headerCodec('GetKVListByNamespaceRequestHeader', {
  namespace: requiredString,
});
