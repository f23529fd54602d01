package io.kappa.mapper.queue;

/**
 * One moment of a queue's mapping in this process.
 *
 * @param recordsHeld locked for this process
 * @param recordsOpen in the batch that still grows
 * @param recordsHidden waiting for their visibility timeout to end, after a failure
 * @param recordsLeaving being handed over
 * @param batchesRunning being invoked
 * @param batchesWaiting for their turn
 * @param batchesDelayed waiting to be tried again, because they could not be run
 * @param concurrencyLimit most batches that may run at once, at the moment
 * @param throttled whether a batch is delayed because the function was throttled
 * @param consumers open for the queue
 */
public record QueueSnapshot(
        int recordsHeld,
        int recordsOpen,
        int recordsHidden,
        int recordsLeaving,
        int batchesRunning,
        int batchesWaiting,
        int batchesDelayed,
        int concurrencyLimit,
        boolean throttled,
        int consumers) {}
