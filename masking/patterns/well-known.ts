// Texts that are secret by their shape, whoever wrote them: as those who issue them print them. A group named `hide` is all
// that is hidden of a match. No pattern asks for a word's end before it, for in JSON an escape may stand there.
// Private keys in PEM span lines: lines.ts.

export interface NamedPattern {
  /** What stands, in logs, where it matched. */
  readonly name: string;
  /** RE2. */
  readonly pattern: string;
}

/** What stands between a name and its value: also in JSON, in JSON within a text, and in a list of one. */
const IS = String.raw`[\\"']{0,4}\s{0,8}[:=]>?\s{0,8}[\\"'\[]{0,4}`;

/** Of a password: no end of a word or a text, but an apostrophe within a word, a backslash that begins no such end. */
const IN_PASSWORD = String.raw`(?:[^\s/"'\\]|'[A-Za-z0-9]|\\\\|\\[^\s/"'\\abfnrtvu])`;

export const WELL_KNOWN: readonly NamedPattern[] = [
  { name: 'aws-access-key', pattern: '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}' },
  {
    name: 'aws-secret-key',
    pattern: `(?i)(?:secret_?access_?key|aws_?secret(?:_?key)?)${IS}(?P<hide>[a-z0-9/+]{40})`,
  },
  { name: 'github-token', pattern: 'gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{30,}' },
  {
    name: 'gitlab-token',
    pattern: String.raw`gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct)-[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)*`,
  },
  { name: 'slack-token', pattern: 'xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}' },
  {
    name: 'slack-webhook',
    pattern: String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/(?P<hide>[A-Za-z0-9/_-]{20,})`,
  },
  {
    name: 'google-key',
    pattern: String.raw`AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,}`,
  },
  { name: 'stripe-key', pattern: '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}=*' },
  { name: 'npm-token', pattern: 'npm_[A-Za-z0-9]{36}' },
  { name: 'pypi-token', pattern: 'pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{30,}' },
  { name: 'docker-token', pattern: 'dckr_[op]at_[A-Za-z0-9_-]{20,}' },
  {
    name: 'docker-auth',
    pattern: String.raw`["']auth[\\"']{1,4}\s{0,8}:\s{0,8}[\\"']{1,4}(?P<hide>[A-Za-z0-9+/]{12,}={0,2})`,
  },
  // As a field of an object.
  { name: 'docker-auth', pattern: String.raw`\bauth=(?P<hide>[A-Za-z0-9+/]{12,}={0,2})$` },
  { name: 'vault-token', pattern: String.raw`hv[bsr]\.[A-Za-z0-9_-]{24,}` },
  { name: 'terraform-token', pattern: String.raw`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}` },
  {
    name: 'model-api-key',
    pattern:
      'sk-(?:proj|svcacct|admin|ant-[a-z0-9]+)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}',
  },
  { name: 'huggingface-token', pattern: 'hf_[A-Za-z0-9]{30,}' },
  { name: 'sendgrid-key', pattern: String.raw`SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}` },
  { name: 'digitalocean-token', pattern: 'do[opr]_v1_[a-f0-9]{64}' },
  { name: 'shopify-token', pattern: 'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}' },
  { name: 'grafana-token', pattern: 'gl(?:c|sa)_[A-Za-z0-9+/_]{32,}=*' },
  { name: 'atlassian-token', pattern: 'ATATT3[A-Za-z0-9_=-]{60,}' },
  { name: 'azure-storage-key', pattern: '(?i)AccountKey=(?P<hide>[a-z0-9+/]{40,}={0,2})' },
  { name: 'azure-client-secret', pattern: '[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}' },
  { name: 'age-key', pattern: 'AGE-SECRET-KEY-1[0-9A-Z]{58}' },
  // JSON in base64, also where white space begins it.
  {
    name: 'jwt',
    pattern: String.raw`(?:eyJ|eyA[gi]|ewogI|ewoJ|ew0K)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}`,
  },
  { name: 'bearer-token', pattern: String.raw`(?i)bearer[\s:=]{1,8}(?P<hide>[a-z0-9._~+/-]{16,}(?:=|%3d)*)` },
  {
    name: 'authorization',
    pattern: `(?i)authorization${IS}(?:basic|token|apikey|digest|negotiate) {1,8}(?P<hide>[^\\s"',\\\\]{6,})`,
  },
  { name: 'url-password', pattern: String.raw`://[^\s/:"'\\]*:(?P<hide>${IN_PASSWORD}+)@` },
  // In a kubeconfig. "PRIVATE KEY" at the three alignments of base64; with its dashes wherever in a text it stands.
  {
    name: 'private-key',
    pattern:
      'LS0tLS1CRUdJTi[A-Za-z0-9+/]{0,24}(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)[A-Za-z0-9+/]*={0,2}',
  },
  {
    name: 'private-key',
    pattern: '(?:UFJJVkFURSBLRVktLS0tL|BSSVZBVEUgS0VZLS0tLS|QUklWQVRFIEtFWS0tLS0t)[A-Za-z0-9+/_-]*={0,2}',
  },
];
