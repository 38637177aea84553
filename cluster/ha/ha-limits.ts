/** Limits of the HA service that no key changes. Times in milliseconds. */

/** How often a master looks after deadlines, links and its SyncStateSet. */
export const masterTickMs = 50;
/** A timer that fires so much too late means: this process was stopped. */
export const lateTimerMs = 300;
/** A member whose link broke may come back within this time before it is proposed to leave. */
export const reconnectGraceMs = 200;
/** Writes wait so long for a replica that is about to enter, if it does not get there. */
export const markMs = 1000;
/** A replica that was caught up so recently is worth a mark. */
export const markWithinMs = 400;
/** Between an attempt to enter, or a proposal, that came to nothing and the next one. */
export const retryMs = 200;
/** A proposal without an answer for so long is of unknown fate. */
export const proposalMs = 5000;
/** A slave may take so long to cut its log before it says where to begin. */
export const alignMs = 10_000;
export const connectMs = 1000;
export const redialMs = 100;
/** After a refusal that only an operator can mend. */
export const refusedRedialMs = 1000;
/** Connections that a broker accepts on its HA port. */
export const connectionsMax = 64;
/** Writes that wait for confirmOffset. */
export const waitingWritesMax = 1_000_000;
/** Bytes that a slave takes from the wire before its disk has them. */
export const undurableBytesMax = 64 * 1024 * 1024;
/** Between two trace lines of confirmOffset. */
export const confirmTraceMs = 500;
