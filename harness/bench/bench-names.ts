/** Of the bench's own cluster and topic. */
export const benchTopic = 'bench';
export const benchQueues = 8;
export const benchBrokerName = 'bench-a';
export const benchClusterName = 'bench';
