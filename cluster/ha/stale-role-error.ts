/** A role of an epoch that this replica has left behind, or of one that is somebody else's: it will never take it. */
export class StaleRoleError extends Error {
  override readonly name = 'StaleRoleError';
  readonly retriable = false;
  readonly claimedEpoch: number;
  readonly roleEpoch: number;

  constructor(wanted: string, claimedEpoch: number, roleEpoch: number, reason: string) {
    super(
      `${wanted} of epoch ${claimedEpoch} refused: ${reason}; this replica is at role epoch ${roleEpoch}`,
    );
    this.claimedEpoch = claimedEpoch;
    this.roleEpoch = roleEpoch;
  }
}

/** A newer role came while this one was being taken. */
export class SupersededRoleError extends Error {
  override readonly name = 'SupersededRoleError';
  readonly retriable = true;
}
