// The words that both sides of SPDY/3 have in common before the first header block: the dictionary of its zlib streams
// (draft 3.1, section 2.6.10.1). Its Adler-32, by which a zlib stream names it, is DICTIONARY_ID.

/** Each stands behind its length in four bytes. */
const WORDS = [
  'options,head,post,put,delete,trace,accept,accept-charset,accept-encoding,accept-language,accept-ranges,age,allow',
  'authorization,cache-control,connection,content-base,content-encoding,content-language,content-length',
  'content-location,content-md5,content-range,content-type,date,etag,expect,expires,from,host,if-match',
  'if-modified-since,if-none-match,if-range,if-unmodified-since,last-modified,location,max-forwards,pragma',
  'proxy-authenticate,proxy-authorization,range,referer,retry-after,server,te,trailer,transfer-encoding,upgrade',
  'user-agent,vary,via,warning,www-authenticate,method,get,status,200 OK,version,HTTP/1.1,url,public,set-cookie',
  'keep-alive,origin',
].flatMap((line) => line.split(','));

/** Follows them as it stands. */
const TAIL = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203',
  ' Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden',
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
];

/** No word is longer than a byte counts. */
const inFour = (length: number) => `\0\0\0${String.fromCharCode(length)}`;

export const DICTIONARY: Uint8Array = new TextEncoder().encode(
  [...WORDS.map((word) => inFour(word.length) + word), ...TAIL].join(''),
);

export const DICTIONARY_ID = 0xe3c6a7c2;
