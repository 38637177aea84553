/**
 * SEND_BATCH_MESSAGE (320): the fields of SEND_MESSAGE_V2, or of SEND_MESSAGE from old Go clients; the key "b" tells.
 * Body = records of int32 size | int32 0 | int32 0 | int32 flag | int32 body length | body | int16 properties length | properties.
 */
import { type ExtFields, fieldText } from '../header-codec.ts';
import { type SendMessageRequestHeader, sendMessageRequestHeader } from './send-message.ts';
import { decodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';

/** `batch` is true whatever the request says. */
export function decodeSendBatchMessageRequestHeader(extFields: ExtFields | null): SendMessageRequestHeader {
  const isV1 = fieldText(extFields, 'b') === undefined && fieldText(extFields, 'topic') !== undefined;
  const header = isV1
    ? sendMessageRequestHeader.decode(extFields)
    : decodeSendMessageRequestHeaderV2(extFields);
  return { ...header, batch: true };
}
