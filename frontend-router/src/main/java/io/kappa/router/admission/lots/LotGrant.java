package io.kappa.router.admission.lots;

import java.util.Map;

/**
 * The owner's answer to a request, and at once the record of what it has given: the latest one of each holder is all that the next owner
 * has to know.
 *
 * @param sequence of the request
 * @param lease how long the holder may admit from these lots, counted from when it sent the request
 * @param lots by pool; of a pool that is not named the holder has nothing
 */
public record LotGrant(HolderId holder, long sequence, long lease, Map<Pool, Lot> lots) {

    public LotGrant {
        lots = Map.copyOf(lots);
    }

    /**
     * @param tokens invocations that the holder may have running, what runs already among them
     * @param due tokens that are the holder's by what all have use for; what is not granted of them others have still to give back
     * @param limit of the pool
     * @param counted most invocations that may run under this grant or any before it; more than {@code tokens} until the holder has given
     *     back what this grant takes away
     * @param demand as stated
     * @param pressing as stated
     * @param longestRun as stated; nothing that may run longer is admitted from the lot
     * @param countedFor how long from now on {@code counted} may be true, if the holder is not heard of again
     */
    public record Lot(
            int tokens, int due, int limit, int counted, int demand, int pressing, long longestRun, long countedFor) {

        /** Whether the holder has use for more than it was granted. */
        public boolean isShort() {
            return tokens < demand;
        }

        /** Whether somebody has use at this moment for more than the holder was granted. */
        public boolean isPressing() {
            return tokens < pressing;
        }
    }
}
