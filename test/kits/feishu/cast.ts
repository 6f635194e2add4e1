/** Who is in the kit's tenant. */
export const users = {
  member: 'ou_00000000000000000000000000member',
  supervisor: 'ou_00000000000000000000000supervisor',
  /** Feishu knows no restricted accounts: one more colleague. */
  guest: 'ou_0000000000000000000000000000guest',
  external: 'ou_0000000000000000000000000external',
  otherBot: 'ou_0000000000000000000000000otherbot',
};
export const channelId = 'oc_a0553eda9014c201e6969b478895c230';
