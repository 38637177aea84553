/** What an operator sees and does by requests to the leading controller, past all links. */

export interface BrokerMember {
  readonly brokerId: number;
  /** Host name. */
  readonly node: string;
  readonly isInSync: boolean;
}

export interface ControllerMember {
  readonly id: string;
  /** Host name. */
  readonly node: string;
  /** False: a learner. */
  readonly votes: boolean;
}

/** As the controllers have it on record. */
export interface Membership {
  readonly brokers: readonly BrokerMember[];
  readonly controllers: readonly ControllerMember[];
  /** Host name; undefined while there is none that is alive. */
  readonly master: string | undefined;
  readonly masterEpoch: number;
}

export type ControllerChange = 'add-learner' | 'promote' | 'remove';

/** All reject, with an error for people, when it was refused or nobody leads; asked again it does no harm. */
export interface Operator {
  membership(): Promise<Membership>;
  /** Makes the broker of this host the master. */
  electMaster(node: string): Promise<void>;
  /** The broker set forgets a dead broker. */
  forgetBroker(brokerId: number): Promise<void>;
  changeController(change: ControllerChange, member: Pick<ControllerMember, 'id' | 'node'>): Promise<void>;
}
