/** What role changes need of the HA service and of the store. */

export interface RoleHolder {
  /** Durable: the highest masterEpoch that was ever accepted. */
  roleEpoch(): number;
  /** This life found something that makes its log unfit for an election. */
  suspect(): boolean;
  epochs(): readonly { readonly epoch: number; readonly startOffset: number }[];
  changeToMaster(role: {
    readonly masterEpoch: number;
    readonly syncStateSet: ReadonlySet<number>;
    readonly syncStateSetEpoch: number;
  }): Promise<void>;
  changeToSlave(role: {
    readonly masterEpoch: number;
    readonly masterBrokerId: number;
    readonly masterHaAddress: string;
  }): Promise<void>;
  /** Seeded bug serve-before-role. */
  resumeUnconfirmed?(): Promise<number | undefined>;
  applySyncStateSet(masterEpoch: number, set: ReadonlySet<number>, setEpoch: number): void;
}

export interface RoleStore {
  maxOffset(): number;
  confirmOffset(): number;
  setRole(role: 'master' | 'slave', stateVersion: number): void;
}
